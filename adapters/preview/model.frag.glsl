#version 330
// glTF's metallic-roughness model in a studio that is written down instead of photographed: a vertical gradient
// and four soft boxes as functions of direction, blurred by roughness. No environment picture, no prefilter.
uniform vec3 eye;
uniform float studio;  // radians the studio is turned by, so that highlights stay where the camera is
uniform vec4 base;
uniform vec3 emissive;
uniform vec2 surface;  // metallic, roughness
uniform float cutoff;  // below this opacity nothing is drawn
uniform float ceiling; // at or above this opacity nothing is drawn
uniform float normal_scale;
uniform float occlusion;
uniform bool unlit;
uniform bool see_through;
// Base, surface, normal, emissive, occlusion; `present` says which there are.
uniform sampler2D maps[5];
uniform bool present[5];
uniform bool second_uv[5];
uniform mat3 moved[5];
uniform bvec2 mirrored[5];

in vec3 world;
in vec3 outward;
in vec2 first;
in vec2 second;
in vec4 tint;
out vec4 colour;

vec2 place(int map) {
    vec2 at = (moved[map] * vec3(second_uv[map] ? second : first, 1.0)).xy;
    vec2 folded = 1.0 - abs(mod(at, 2.0) - 1.0);
    return mix(at, folded, vec2(mirrored[map]));
}

vec3 linear(vec3 shown) {
    return pow(shown, vec3(2.2));
}

// How much of a soft box at (azimuth, elevation) `middle` with half sizes `half_size` lies in a direction.
float box(float azimuth, float elevation, vec2 middle, vec2 half_size, float sharpness) {
    float aside = abs(mod(azimuth - middle.x + 3.14159265, 6.2831853) - 3.14159265);
    float across = 1.0 + exp((aside - half_size.x) * sharpness);
    float along = 1.0 + exp((abs(elevation - middle.y) - half_size.y) * sharpness);
    return 1.0 / (across * along);
}

vec3 light(vec3 direction, float roughness) {
    float elevation = asin(clamp(direction.y, -1.0, 1.0));
    float azimuth = atan(direction.x, direction.z) - studio;
    float sharpness = mix(30.0, 1.6, sqrt(roughness));
    float gathered = mix(1.0, 0.45, roughness);
    float glow = 0.42 + 0.30 * direction.y;
    float boxes = 4.5 * box(azimuth, elevation, vec2(0.7, 0.75), vec2(0.5, 0.32), sharpness);
    boxes += 2.2 * box(azimuth, elevation, vec2(-1.2, 0.4), vec2(0.3, 0.55), sharpness);
    boxes += 2.0 * box(azimuth, elevation, vec2(2.8, 0.5), vec2(0.6, 0.3), sharpness);
    boxes += 1.2 / (1.0 + exp((1.25 - elevation) * sharpness));
    return (glow + gathered * boxes) * vec3(1.0, 0.99, 0.97);
}

// A lamp's light on a dull surface; `wrap` lets it reach a little past the edge, as a large lamp's does.
float lamp(vec3 normal, vec2 from, float wrap) {
    float azimuth = from.x + studio;
    vec3 towards = vec3(sin(azimuth) * cos(from.y), sin(from.y), cos(azimuth) * cos(from.y));
    return max((dot(normal, towards) + wrap) / (1.0 + wrap), 0.0);
}

vec3 all_around(vec3 normal) {
    float sum = 0.24 + 0.13 * normal.y;
    sum += 0.74 * lamp(normal, vec2(0.85, 0.65), 0.15);
    sum += 0.25 * lamp(normal, vec2(-1.1, 0.35), 0.35);
    sum += 0.20 * lamp(normal, vec2(2.8, 0.5), 0.30);
    return sum * vec3(1.0, 0.992, 0.975);
}

// The tangent frame comes from how position and texture coordinates change from pixel to pixel.
vec3 bent(vec3 normal) {
    vec2 at = place(2);
    vec3 bump = texture(maps[2], at).xyz * 2.0 - 1.0;
    bump.xy *= normal_scale;
    vec3 right = dFdx(world), up = dFdy(world);
    vec2 uv_right = dFdx(at), uv_up = dFdy(at);
    vec3 a = cross(up, normal), b = cross(normal, right);
    vec3 tangent = a * uv_right.x + b * uv_up.x;
    vec3 bitangent = a * uv_right.y + b * uv_up.y;
    float longest = max(dot(tangent, tangent), dot(bitangent, bitangent));
    if (longest < 1e-30) return normal;
    float scale = inversesqrt(longest);
    vec3 turned = mat3(tangent * scale, -bitangent * scale, normal) * bump;
    return dot(turned, turned) > 1e-12 ? normalize(turned) : normal;
}

vec3 facing_normal(vec3 towards_eye) {
    vec3 flat_normal = cross(dFdx(world), dFdy(world));
    vec3 normal = dot(outward, outward) > 1e-6 ? outward : flat_normal;
    if (dot(normal, normal) < 1e-30) normal = towards_eye;
    normal = normalize(normal);
    // Judged by the triangle and not by its winding: exporters get the winding of two-sided things wrong.
    if (dot(flat_normal, towards_eye) * dot(flat_normal, normal) < 0.0) normal = -normal;
    return present[2] ? bent(normal) : normal;
}

// Karis, "Physically Based Shading on Mobile": the split sum's second half without a table.
vec2 split_sum(float roughness, float facing) {
    vec4 r = roughness * vec4(-1.0, -0.0275, -0.572, 0.022) + vec4(1.0, 0.0425, 1.04, -0.04);
    float a = min(r.x * r.x, exp2(-9.28 * facing)) * r.x + r.y;
    return vec2(-1.04, 1.04) * a + r.zw;
}

// Khronos PBR Neutral tone mapping: colours stay what the texture says until they get too bright to show.
vec3 shown(vec3 lit) {
    float least = min(lit.r, min(lit.g, lit.b));
    lit -= least < 0.08 ? least - 6.25 * least * least : 0.04;
    float peak = max(lit.r, max(lit.g, lit.b));
    if (peak > 0.76) {
        float squeezed = 1.0 - 0.0576 / (peak - 0.52);
        lit = mix(lit * squeezed / peak, vec3(squeezed), 1.0 - 1.0 / (0.15 * (peak - squeezed) + 1.0));
    }
    return pow(max(lit, 0.0), vec3(1.0 / 2.2));
}

void main() {
    vec4 own = base * tint;
    if (present[0]) {
        vec4 texel = texture(maps[0], place(0));
        own *= vec4(linear(texel.rgb), texel.a);
    }
    if (own.a < cutoff || own.a >= ceiling) discard;
    float opacity = see_through ? own.a : 1.0;
    if (unlit) {
        colour = vec4(pow(own.rgb, vec3(1.0 / 2.2)), opacity);
        return;
    }
    vec3 towards_eye = normalize(eye - world);
    vec3 normal = facing_normal(towards_eye);
    float metallic = surface.x, roughness = surface.y;
    if (present[1]) {
        vec3 texel = texture(maps[1], place(1)).rgb;
        metallic *= texel.b;
        roughness *= texel.g;
    }
    roughness = clamp(roughness, 0.05, 1.0);
    vec3 mirror = mix(vec3(0.04), own.rgb, metallic);
    vec2 split = split_sum(roughness, max(dot(normal, towards_eye), 1e-3));
    float open = present[4] ? mix(1.0, texture(maps[4], place(4)).r, occlusion) : 1.0;
    vec3 dull = own.rgb * (1.0 - metallic) * all_around(normal);
    vec3 gloss = light(reflect(-towards_eye, normal), roughness) * (mirror * split.x + split.y);
    vec3 glow = present[3] ? emissive * linear(texture(maps[3], place(3)).rgb) : emissive;
    colour = vec4(shown(1.05 * open * (dull + gloss) + glow), opacity);
}
