#version 330
uniform mat4 camera;
in vec3 point;
in vec2 uv0;
out vec2 at;

void main() {
    at = uv0;
    gl_Position = camera * vec4(point, 1.0);
}
