// shixunctl pack PACK OUT.shixun: a pack in one file.

#include <fmt/format.h>

#include "engine/app/ctl.h"
#include "engine/base/hash.h"
#include "engine/training/pack_file.h"

namespace shixun {

namespace {

int run(const std::string& name, const std::string& out) {
  if (fs::path(out).extension() != ".shixun") return report({Code::kUsage, out, "a pack in one file is called NAME.shixun", ""});
  auto dir = find_pack(name);
  if (!dir) return report(dir.error());
  auto bytes = pack_file_bytes(*dir);
  if (!bytes) return report(bytes.error());
  if (auto s = write_file(out, *bytes); !s) return report(s.error());
  // Read back: what was written is what will be played.
  const PackLoad load = load_pack(out);
  if (!load.pack) return report(load.errors.front());
  fmt::print("{}: {} {}, {} bytes, pack sha256 {}, file sha256 {}\n", out, load.pack->id, load.pack->version, bytes->size(), load.pack->sha256, sha256_hex(*bytes));
  return 0;
}

}  // namespace

void add_pack(CLI::App& app, int& exit_code) {
  auto* cmd = app.add_subcommand("pack", "Put a pack into one file; the same pack gives the same bytes on every machine");
  auto pack = std::make_shared<std::string>(), out = std::make_shared<std::string>();
  cmd->add_option("pack", *pack, "A pack's folder, or the name of one under scenarios/")->required();
  cmd->add_option("out", *out, "The file to write: NAME.shixun")->required();
  cmd->callback([=, &exit_code] { exit_code = run(*pack, *out); });
}

}  // namespace shixun
