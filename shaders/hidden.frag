#version 460
layout(location = 0) out vec4 out_light;

void main() { out_light = vec4(0.0); }
