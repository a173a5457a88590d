// shixunctl keys: who vouches for evidence, and whom this machine believes.

#include <fmt/format.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <iostream>
#include <memory>

#include "engine/app/ctl.h"
#include "engine/base/json.h"
#include "engine/records/attempt.h"

namespace shixun {

namespace {

struct Options {
  std::string role, name, key, file, fingerprint, passphrase_file, reason, out, lang = "zh-CN";
  bool no_passphrase = false, as_json = false;
  bool zh() const { return lang != "en"; }
};

Result<std::string> read_passphrase_file(const std::string& file) {
  struct stat st {};
  if (stat(file.c_str(), &st) == 0 && (st.st_mode & 077) != 0) return Error{Code::kEnvironment, file, "holds a passphrase but can be read by others", "chmod 600 it"};
  auto bytes = read_file(file, 4096);
  if (!bytes) return bytes.error();
  while (!bytes->empty() && (bytes->back() == '\n' || bytes->back() == '\r')) bytes->pop_back();
  if (bytes->empty()) return Error{Code::kUsage, file, "is empty: expected one line with the passphrase", ""};
  return bytes;
}

// Typed without being shown.
Result<std::string> ask(const std::string& what) {
  if (!isatty(STDIN_FILENO)) return Error{Code::kUsage, "", "there is no terminal to ask for a passphrase", "Give it with --passphrase-file FILE"};
  fmt::print(stderr, "{}: ", what);
  termios before{};
  tcgetattr(STDIN_FILENO, &before);
  termios quiet = before;
  quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
  tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
  std::string line;
  std::getline(std::cin, line);
  tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
  fmt::print(stderr, "\n");
  return line;
}

// For a key that is made: school and evaluator keys have one unless their owner says otherwise.
Result<std::string> new_passphrase(const Options& o, KeyRole role) {
  if (role == KeyRole::kStation || o.no_passphrase) return std::string();
  if (!o.passphrase_file.empty()) return read_passphrase_file(o.passphrase_file);
  auto first = ask("New passphrase");
  if (!first) return Error{first.error().code, "", first.error().what, "Give it with --passphrase-file FILE, or say --no-passphrase"};
  if (first->size() < 8) return Error{Code::kUsage, "", "a passphrase has at least 8 characters", ""};
  auto again = ask("Once more");
  if (!again) return again;
  if (*first != *again) return Error{Code::kUsage, "", "the two differ", ""};
  return first;
}

std::string line_of(const KnownKey& k, bool zh) {
  const std::string state = !k.revoked_utc.empty() ? fmt::format(fmt::runtime(zh ? "已吊销 {}：{}" : "revoked {}: {}"), k.revoked_utc.substr(0, 10), k.reason)
                            : !k.retired_utc.empty() ? fmt::format(fmt::runtime(zh ? "已停用 {}" : "retired {}"), k.retired_utc.substr(0, 10))
                                                     : zh ? "使用中" : "in use";
  return fmt::format("{}  {:<9}  {:<20}  {}  {}  {}", k.key.id(), key_role_title(k.role).in(zh ? Lang::kZh : Lang::kEn), k.name, k.created_utc.substr(0, 10), k.own ? (zh ? "本机" : "own") : (zh ? "信任" : "trusted"), state);
}

int print_key(const Options& o, const KnownKey& k) {
  if (o.as_json) fmt::print("{}\n", canonical(to_json(k)));
  else fmt::print("{}\n", line_of(k, o.zh()));
  return 0;
}

int create(const Options& o) {
  const KeyRole role = *key_role_from_name(o.role);
  auto passphrase = new_passphrase(o, role);
  if (!passphrase) return report(passphrase.error());
  auto made = create_key(role, o.name, *passphrase);
  return made ? print_key(o, *made) : report(made.error());
}

int list(const Options& o) {
  auto keys = read_keys();
  if (!keys) return report(keys.error());
  if (o.as_json) {
    nlohmann::json all = nlohmann::json::array();
    for (const KnownKey& k : *keys) {
      all.push_back(to_json(k));
      all.back()["own"] = k.own;
    }
    fmt::print("{}\n", canonical({{"keys", all}}));
    return 0;
  }
  for (const KnownKey& k : *keys) fmt::print("{}\n", line_of(k, o.zh()));
  if (keys->empty()) fmt::print(stderr, "{}\n", o.zh() ? "没有密钥；工位密钥在第一次记录时生成" : "no keys; the station's is made when something is first recorded");
  return 0;
}

Result<KnownKey> named(const Options& o) {
  auto keys = read_keys();
  if (!keys) return keys.error();
  return find_key(*keys, o.key);
}

int write_or_print(const Options& o, const std::string& text) {
  if (o.out.empty() || o.out == "-") {
    fmt::print("{}\n", text);
    return 0;
  }
  const Status written = write_file(o.out, text + "\n");
  return written ? 0 : report(written.error());
}

int show_key(const Options& o) {
  auto key = named(o);
  if (!key) return report(key.error());
  const int code = write_or_print(o, canonical(to_json(*key)));
  fmt::print(stderr, "{} {}\n", o.zh() ? "指纹" : "fingerprint", key->key.id());
  return code;
}

int rotate(const Options& o) {
  auto key = named(o);
  if (!key) return report(key.error());
  if (key->role == KeyRole::kStation && key->own) {
    // What is so in them is sealed to the old key, and a resumed attempt is signed with the new one.
    auto open = list_open_attempts();
    if (!open) return report(open.error());
    if (!open->empty()) return report({Code::kUsage, "", fmt::format("{} attempts are still open: they can only be gone on with while the key they were begun with is in use", open->size()), "Hand them in, or close them: shixunctl results close ATTEMPT"});
  }
  auto passphrase = new_passphrase(o, key->role);
  if (!passphrase) return report(passphrase.error());
  auto made = rotate_key(key->key.id(), *passphrase);
  return made ? print_key(o, *made) : report(made.error());
}

int revoke(const Options& o) {
  auto key = named(o);
  if (!key) return report(key.error());
  if (auto done = revoke_key(key->key.id(), o.reason); !done) return report(done.error());
  key = named(o);
  return key ? print_key(o, *key) : report(key.error());
}

int trust(const Options& o) {
  auto bytes = read_file(o.file, 64u << 10);
  if (!bytes) return report(bytes.error());
  const nlohmann::json j = nests_within(*bytes, 4) ? nlohmann::json::parse(*bytes, nullptr, false) : nlohmann::json();
  auto key = known_key_from_json(j, o.file);
  if (!key) return report(key.error());
  if (o.fingerprint.empty()) {
    fmt::print("{}\n", line_of(*key, o.zh()));
    return report({Code::kUsage, "", "nothing is trusted yet: the fingerprint is " + key->key.id(), "Compare it with what its owner tells you by another way, and repeat with --fingerprint"});
  }
  auto trusted = trust_key(*key, o.fingerprint);
  return trusted ? print_key(o, *trusted) : report(trusted.error());
}

int publish(const Options& o) {
  auto keys = read_keys();
  if (!keys) return report(keys.error());
  const KnownKey* school = own_key(*keys, KeyRole::kSchool, o.key);
  if (!school) return report({Code::kFailed, "", "there is no school key on this machine to sign the list with", "shixunctl keys create school --name NAME"});
  auto key = unlock(*school, o.passphrase_file);
  if (!key) return report(key.error());
  return write_or_print(o, publish_keys(*key, *keys));
}

int import(const Options& o) {
  auto bytes = read_file(o.file, 4u << 20);
  if (!bytes) return report(bytes.error());
  auto done = import_keys(*bytes, o.file);
  if (!done) return report(done.error());
  if (o.as_json) fmt::print("{}\n", canonical({{"school", done->school}, {"added", done->added}, {"retired", done->retired}, {"revoked", done->revoked}}));
  else fmt::print(fmt::runtime(o.zh() ? "学校“{}”的密钥清单：新增 {}，停用 {}，吊销 {}\n" : "list of the school {}: {} new, {} retired, {} revoked\n"), done->school, done->added, done->retired, done->revoked);
  return 0;
}

}  // namespace

Result<PrivateKey> unlock(const KnownKey& key, const std::string& passphrase_file) {
  std::string passphrase;
  if (!passphrase_file.empty()) {
    auto read = read_passphrase_file(passphrase_file);
    if (!read) return read.error();
    passphrase = std::move(*read);
  } else if (auto open = open_private_key(key); open || key.role == KeyRole::kStation || !isatty(STDIN_FILENO)) {
    return open;
  } else {
    auto typed = ask("Passphrase of " + key.name);
    if (!typed) return typed.error();
    passphrase = std::move(*typed);
  }
  return open_private_key(key, passphrase);
}

void add_keys(CLI::App& app, int& exit_code) {
  auto o = std::make_shared<Options>();
  auto* cmd = app.add_subcommand("keys", "The keys of this machine, and those it trusts. Private keys never leave it");
  cmd->require_subcommand(1);
  const auto common = [&](CLI::App* c, auto run) {
    c->add_flag("--json", o->as_json, "Print one JSON object");
    add_lang(c, o->lang);
    c->callback([=, &exit_code] { exit_code = run(*o); });
  };
  const auto passphrase = [&](CLI::App* c) {
    add_passphrase_file(c, o->passphrase_file);
    return c;
  };
  const auto fresh = [&](CLI::App* c) {
    passphrase(c)->add_flag("--no-passphrase", o->no_passphrase, "Whoever can read the file can sign; a station's key never has one");
    return c;
  };
  const auto key = [&](CLI::App* c) { return c->add_option("key", o->key, "Its id, the first 8 or more characters of it, or its name; one that begins with a dash: after --"); };

  auto* c = cmd->add_subcommand("create", "Make a key: station (what this machine recorded), evaluator (a person's marks), school (assessments, credentials, the list of keys)");
  c->add_option("role", o->role, "station, evaluator or school")->required()->check(CLI::IsMember({"station", "evaluator", "school"}));
  c->add_option("--name", o->name, "Whose it is, such as room-3-07, t-07, example-school")->required();
  common(fresh(c), create);
  common(cmd->add_subcommand("list", "Every key known here"), list);
  c = cmd->add_subcommand("show", "A key's public part, to give away; its fingerprint on stderr");
  key(c)->required();
  c->add_option("--out", o->out, "File to write (default: standard output)");
  common(c, show_key);
  c = cmd->add_subcommand("rotate", "A new key in place of one of this machine; what the old one signed stays good");
  key(c)->required();
  common(fresh(c), rotate);
  c = cmd->add_subcommand("revoke", "Nothing this key ever signed is to be believed. Cannot be taken back");
  key(c)->required();
  c->add_option("--reason", o->reason, "Why, in one line")->required();
  common(c, revoke);
  c = cmd->add_subcommand("trust", "Take somebody's public key as good");
  c->add_option("file", o->file, "The key as `keys show` printed it there")->required();
  c->add_option("--fingerprint", o->fingerprint, "Its fingerprint, as its owner told you by another way");
  common(c, trust);
  c = cmd->add_subcommand("publish", "The list of all keys known here with their retirements and revocations, signed by the school");
  key(c)->description("Name of the school key, if there are several");
  c->add_option("--out", o->out, "File to write (default: standard output)");
  common(passphrase(c), publish);
  c = cmd->add_subcommand("import", "Take over a school's list: new keys, retirements, revocations");
  c->add_option("file", o->file, "The list as `keys publish` wrote it")->required();
  common(c, import);
}

}  // namespace shixun
