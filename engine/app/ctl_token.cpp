// shixunctl token: the school lets a candidate begin an assessment at a station.

#include <fmt/format.h>
#include <sys/stat.h>

#include <memory>

#include "engine/app/ctl.h"
#include "engine/base/json.h"
#include "engine/records/assessment.h"
#include "engine/training/pack.h"

namespace shixun {

namespace {

struct Options {
  int proctor_every_s = 30;
  std::string proctor, proctor_url, exercise, exam, candidate, station, from, until, secret_file, key, passphrase_file, out, file, lang = "zh-CN";
};

int issue(const Options& o) {
  auto keys = read_keys();
  if (!keys) return report(keys.error());
  auto station = find_key(*keys, o.station);
  if (!station) return report(station.error());
  if (station->role != KeyRole::kStation || !station->usable()) return report({Code::kUsage, "--station", "is not a station's key in use", "shixunctl keys list shows them"});
  const KnownKey* school = own_key(*keys, KeyRole::kSchool, o.key);
  if (!school) return report({Code::kFailed, "", "there is no school key on this machine", "shixunctl keys create school --name NAME"});
  auto ref = find_exercise(o.exercise);
  if (!ref) return report(ref.error());
  PackLoad load = load_pack(ref->pack_dir);
  if (!load.pack) return report(load.errors.front());
  if (!load.pack->find_exercise(ref->exercise)) return report({Code::kUsage, o.exercise, "the pack has no exercise '" + ref->exercise + "'", ""});
  struct stat st {};
  if (stat(o.secret_file.c_str(), &st) == 0 && (st.st_mode & 077) != 0) return report({Code::kEnvironment, o.secret_file, "holds a secret but can be read by others", "chmod 600 it"});
  auto secret = read_file(o.secret_file, 4096);
  if (!secret) return report(secret.error());
  auto key = unlock(*school, o.passphrase_file);
  if (!key) return report(key.error());
  AssessmentToken wanted;
  wanted.exam = o.exam;
  wanted.candidate = o.candidate;
  wanted.exercise = load.pack->id + "/" + ref->exercise;
  wanted.scoring_sha256 = load.pack->scoring_sha256;
  wanted.from_utc = o.from;
  wanted.until_utc = o.until;
  if (!o.proctor.empty()) {
    auto proctor = find_key(*keys, o.proctor);
    if (!proctor) return report(proctor.error());
    if (proctor->role != KeyRole::kEvaluator || !proctor->usable()) return report({Code::kUsage, "--proctor", "is not an evaluator's key in use", "shixunctl keys list shows them"});
    wanted.proctor = ProctorTerms{o.proctor_url, proctor->key.id(), o.proctor_every_s};
  }
  auto token = issue_token(std::move(wanted), *secret, station->key, *key);
  if (!token) return report(token.error());
  if (o.out.empty() || o.out == "-") fmt::print("{}\n", *token);
  else if (auto s = write_file(o.out, *token + "\n"); !s) return report(s.error());
  return 0;
}

int show(const Options& o) {
  auto keys = read_keys();
  if (!keys) return report(keys.error());
  auto bytes = read_file(o.file, 64u << 10);
  if (!bytes) return report(bytes.error());
  auto t = read_token(*bytes, o.file, *keys);
  if (!t) return report(t.error());
  const KnownKey* school = find_key_id(*keys, t->school_kid);
  const KnownKey* station = find_key_id(*keys, t->seed.kid);
  fmt::print(fmt::runtime(o.lang == "en" ? "exam {}, candidate {}, {}\nto begin from {} to {}\nat the station {}\nissued by the school {}\n" : "考试 {}，考生 {}，{}\n在 {} 至 {} 之间开始\n工位 {}\n由学校“{}”签发\n"), t->exam,
             t->candidate, t->exercise, t->from_utc, t->until_utc, station ? station->name : t->seed.kid, school->name);
  if (t->proctor) {
    const KnownKey* proctor = find_key_id(*keys, t->proctor->kid);
    fmt::print(fmt::runtime(o.lang == "en" ? "watched by {} at {}, asked every {} s\n" : "监考员 {}，监考台 {}，每 {} 秒应答\n"), proctor ? proctor->name : t->proctor->kid, t->proctor->url, t->proctor->every_s);
  }
  return 0;
}

}  // namespace

void add_token(CLI::App& app, int& exit_code) {
  auto o = std::make_shared<Options>();
  auto* cmd = app.add_subcommand("token", "Assessment tokens: the school's signed word that a candidate may begin an assessment at a station");
  cmd->require_subcommand(1);
  auto* c = cmd->add_subcommand("issue", "Make one, signed by the school key of this machine; it is started with: shixun play --token FILE");
  c->add_option("exercise", o->exercise, "PACK/EXERCISE")->required();
  c->add_option("--exam", o->exam, "The exam's name, such as 2026-spring")->required();
  c->add_option("--candidate", o->candidate, "The candidate's pseudonym")->required();
  c->add_option("--station", o->station, "The station's key, by id or name (shixunctl keys trust)")->required();
  c->add_option("--from", o->from, "May begin from this UTC time, such as 2026-03-01T08:00:00Z")->required();
  c->add_option("--until", o->until, "and before this one")->required();
  c->add_option("--secret-file", o->secret_file, "The exam's secret (mode 0600, at least 16 bytes): what is so for each candidate follows from it. Publish it after the sitting")->required();
  auto* proctor = c->add_option("--proctor", o->proctor, "Who watches it: an evaluator's key, by id or name (shixunctl proctor)");
  c->add_option("--proctor-url", o->proctor_url, "where his desk answers, such as https://desk.school.example:8743/")->needs(proctor);
  proctor->needs(c->get_option("--proctor-url"));
  c->add_option("--proctor-every", o->proctor_every_s, "how often a station asks it, in seconds (default: 30); three times as long without an answer ends integrity level 3")->needs(proctor);
  c->add_option("--key", o->key, "Name of the school key, if there are several");
  add_passphrase_file(c, o->passphrase_file);
  c->add_option("--out", o->out, "File to write (default: standard output)");
  c->callback([=, &exit_code] { exit_code = issue(*o); });
  c = cmd->add_subcommand("show", "What a token says, when it is signed by a school known here");
  c->add_option("file", o->file, "The token")->required();
  add_lang(c, o->lang);
  c->callback([=, &exit_code] { exit_code = show(*o); });
}

}  // namespace shixun
