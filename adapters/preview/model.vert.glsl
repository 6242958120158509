#version 330
uniform mat4 camera;
in vec3 point;
in vec3 normal;
in vec2 uv0;
in vec2 uv1;
in vec4 colour;
out vec3 world;
out vec3 outward;
out vec2 first;
out vec2 second;
out vec4 tint;

void main() {
    world = point;
    outward = normal;
    first = uv0;
    second = uv1;
    tint = colour;
    gl_Position = camera * vec4(point, 1.0);
}
