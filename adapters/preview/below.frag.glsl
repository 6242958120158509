#version 330
// How near to the ground the lowest thing above it is: one on the ground, nothing at `reach`.
uniform float floor_y;
uniform float reach;
in vec3 world;
out vec4 colour;

void main() {
    float nearness = clamp(1.0 - (world.y - floor_y) / reach, 0.0, 1.0);
    colour = vec4(vec3(nearness * nearness), 1.0);
}
