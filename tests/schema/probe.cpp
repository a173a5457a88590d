// What the loader says, for the test that compares it with the schemas: reads folders of packs (or of a school's mapping.yaml) from standard input, a
// line each, and answers each with one line: a JSON list of {where, what, hint}. `units`: the unit names instead, by kind.

#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>

#include "engine/records/mapping.h"
#include "engine/training/mutate.h"
#include "engine/training/trace.h"

using namespace shixun;

namespace {

std::vector<fs::path> inside(const fs::path& dir) {
  std::vector<fs::path> out;
  std::error_code ec;
  for (fs::directory_iterator it(dir, ec), end; !ec && it != end; it.increment(ec)) out.push_back(it->path());
  std::sort(out.begin(), out.end());
  return out;
}

std::vector<Error> problems(const fs::path& pack) {
  if (fs::exists(pack / "mapping.yaml")) return load_mapping(pack / "mapping.yaml").errors;
  std::vector<Error> all = load_pack(pack).errors;
  for (const fs::path& dir : inside(pack / "exercises")) {
    Exercise e;
    e.dir = dir;
    (void)read_unnoticed(e, all);
    for (const fs::path& file : inside(dir / "traces")) {
      if (auto trace = read_trace(file); !trace) all.push_back(trace.error());
    }
  }
  return all;
}

nlohmann::json units() {
  nlohmann::json out;
  for (const Unit u : {Unit::kTorque, Unit::kLength, Unit::kAngle, Unit::kPressure, Unit::kTime, Unit::kVoltage, Unit::kResistance, Unit::kCurrent, Unit::kTemperature, Unit::kMass,
                       Unit::kForce, Unit::kSpeed, Unit::kRotation, Unit::kRatio})
    out[unit_kind(u)] = unit_names(u);
  return out;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 2 && std::string_view(argv[1]) == "units") {
    fmt::print("{}\n", units().dump());
    return 0;
  }
  for (std::string line; std::getline(std::cin, line);) {
    nlohmann::json out = nlohmann::json::array();
    for (const Error& e : problems(line)) out.push_back({{"where", e.where}, {"what", e.what}, {"hint", e.hint}});
    std::cout << out.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) << std::endl;
  }
  return 0;
}
