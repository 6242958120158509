#version 330
uniform sampler2D shade;
in vec2 at;
out vec4 colour;

void main() {
    colour = vec4(0.10, 0.11, 0.14, texture(shade, at).r);
}
