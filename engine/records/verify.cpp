#include "engine/records/verify.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/hash.h"
#include "engine/base/json.h"
#include "engine/records/build_id.h"
#include "engine/records/clock.h"
#include "engine/records/proctor.h"

namespace shixun {

namespace {

using nlohmann::json;

std::string points(int64_t mp) { return fmt::format("{}{}.{}", mp < 0 ? "-" : "", std::abs(mp) / 1000, std::abs(mp) % 1000 / 100); }

std::string short_id(const std::string& id) { return id.substr(0, 12); }

class Examiner {
 public:
  Examiner(Verification& v, const std::vector<KnownKey>& keys) : v_(v), keys_(keys) {}

  void good(const char* about, std::string zh, std::string en) { say(Finding::Kind::kGood, about, std::move(zh), std::move(en)); }
  void note(const char* about, std::string zh, std::string en) { say(Finding::Kind::kNote, about, std::move(zh), std::move(en)); }
  void bad(const char* about, std::string zh, std::string en) { say(Finding::Kind::kBad, about, std::move(zh), std::move(en)); }
  // What another room says is English; its place is what matters.
  void bad(const char* about, const Error& e) { bad(about, e.text(), e.text()); }

  // Whether the key that made these signatures may be believed, and says so.
  bool trusted(const char* about, const PublicKey& key, KeyRole role, const std::string& last_utc) {
    const KnownKey* known = find_key_id(keys_, key.id());
    if (!known) {
      bad(about, fmt::format("签名密钥 {} 不在本机已知的密钥之列", key.id()), fmt::format("the key {} is not among those known here", key.id()));
      return false;
    }
    const Text who = {fmt::format("{}密钥 {}（{}）", key_role_title(known->role).zh, known->name, short_id(key.id())), fmt::format("the {} key {} ({})", key_role_name(known->role), known->name, short_id(key.id()))};
    if (!known->revoked_utc.empty()) {
      bad(about, fmt::format("{}已于 {} 吊销：{}", who.zh, known->revoked_utc, known->reason), fmt::format("{} was revoked on {}: {}", who.en, known->revoked_utc, known->reason));
      return false;
    }
    if (known->role != role) {
      bad(about, fmt::format("{}不应在此签名", who.zh), fmt::format("{} has no business to sign this", who.en));
      return false;
    }
    const auto retired = parse_utc(known->retired_utc), last = parse_utc(last_utc);
    if (retired && last && *last > *retired) {
      bad(about, fmt::format("{}已于 {} 停用，之后的签名不可信", who.zh, known->retired_utc), fmt::format("{} was retired on {}: what it signed later is not to be believed", who.en, known->retired_utc));
      return false;
    }
    good(about, fmt::format("由{}签名", who.zh), fmt::format("signed by {}", who.en));
    return true;
  }

  bool signatures(const Journal& j) {
    if (j.signatures.empty()) {
      bad("signature", j.header.format == 1 ? "未签名（旧格式 1 的记录）" : "未签名", j.header.format == 1 ? "not signed (a journal of the old format 1)" : "not signed");
      return false;
    }
    const bool at_start = j.signatures.front().line == 2, at_end = j.footer && j.signatures.back().line == j.lines;
    if (!at_start) bad("signature", "开头未签名", "its beginning is not signed");
    if (j.footer && !at_end) bad("signature", "结尾未签名", "its end is not signed");
    if (at_start && at_end)
      good("signature", fmt::format("开头、结尾和其间 {} 处已签名，签名均相符", j.signatures.size() - 2), fmt::format("signed at the start, {} times in between and at the end; every signature fits", j.signatures.size() - 2));
    bool all = at_start && at_end;
    std::vector<std::pair<PublicKey, std::string>> signers;  // and when each signed last
    for (const JournalSignature& s : j.signatures) {
      const auto it = std::find_if(signers.begin(), signers.end(), [&](const auto& x) { return x.first == s.key; });
      if (it == signers.end()) signers.emplace_back(s.key, s.at_utc);
      else it->second = s.at_utc;
    }
    for (const auto& [key, last] : signers) all = trusted("key", key, KeyRole::kStation, last) && all;
    return all;
  }

  bool token(const JournalHeader& h) {
    if (h.token.empty()) return true;
    auto t = read_token(h.token, v_.name, keys_);
    if (!t) {
      bad("token", t.error());
      return false;
    }
    Status fits = check_token_fits(*t, h.trainee, h.exercise, h.scoring_sha256, h.started_utc);
    if (fits && (h.attempt != attempt_of_token(*t) || !h.sealed || h.sealed->commitment != t->seed.commitment)) fits = Error{Code::kFailed, "", "the token is another attempt's", ""};
    if (!fits) {
      bad("token", fits.error());
      return false;
    }
    const KnownKey* school = find_key_id(keys_, t->school_kid);
    good("token", fmt::format("凭学校“{}”签发的考核令牌开始：考试 {}，考生 {}，{} 至 {} 之间开始", school->name, t->exam, t->candidate, t->from_utc, t->until_utc),
         fmt::format("begun by a token of the school {}: exam {}, candidate {}, to begin from {} to {}", school->name, t->exam, t->candidate, t->from_utc, t->until_utc));
    return true;
  }

  std::optional<PackShelf::Found> pack(const Journal& j, PackShelf& packs) {
    auto found = packs.get(j.header, v_.name);
    if (!found) {
      bad("pack", found.error());
      return std::nullopt;
    }
    const Pack& pack = *found->pack;
    const bool same = pack.sha256 == j.header.pack_sha256;
    good("pack", fmt::format("课程包 {} {}{}", pack.id, pack.version, same ? "，内容与记录一致" : "，评分部分与记录一致（其他内容不同）"),
         fmt::format("pack {} {}{}", pack.id, pack.version, same ? ", the very one of the journal" : ": scores the same as the one of the journal, other things in it differ"));
    return *found;
  }

  // Scores the events again. Whether the marksheet is the same.
  bool score(const Journal& j, const PackShelf::Found& found, const std::string* marks) {
    if (!j.footer) return false;
    const Marksheet sheet = grade(*found.pack, *found.exercise, j.header.mode, j.header.seed, j.events);
    if (canonical(to_json(sheet)) != canonical(j.footer->sheet)) {
      bad("score", "重新评分的结果与记录中的成绩单不同", "scoring its events again gives another marksheet than the one in it");
      return false;
    }
    const std::string engine = j.header.scorer_sha256.empty() || j.header.scorer_sha256 == kScorerSha256 ? "" : "*";
    good("score", fmt::format("重新评分一致：{} / {} {}{}", points(sheet.total_mp), points(sheet.max_mp), sheet.pass ? "合格" : sheet.open ? "待评分" : "不合格", engine.empty() ? "" : "（评分程序的版本构建不同，结果相同）"),
         fmt::format("scored again, the same: {} / {} {}{}", points(sheet.total_mp), points(sheet.max_mp), sheet.pass ? "pass" : sheet.open ? "to be marked" : "fail", engine.empty() ? "" : " (by another build of the scorer)"));
    if (marks) people(j, *found.pack, *found.exercise, *marks);
    return true;
  }

  // Plays the inputs again. Whether all that was recorded follows from them, and nothing else does.
  bool inputs(const Journal& j, const PackShelf::Found& found) {
    if (j.header.format < 3) {
      note("inputs", "旧格式，没有操作输入，无法重演", "of an older format, without inputs: what happened cannot be played again");
      return false;
    }
    if (j.header.engine_sha256 != kEngineSha256) {
      note("inputs", fmt::format("由另一版本构建（{} {}）记录，操作输入只能由该构建重演", j.header.engine, short_id(j.header.engine_sha256)),
           fmt::format("recorded by another build ({} {}): only that one can play its inputs again", j.header.engine, short_id(j.header.engine_sha256)));
      return false;
    }
    const Replay r = replay_inputs(found.pack, *found.exercise, {j.header.mode, j.header.seed}, j.inputs, j.events);
    if (r.too_long) {
      note("inputs", "操作输入过长，未重演", "the inputs are too long to be played again");
      return false;
    }
    if (!r.same) {
      bad("inputs", fmt::format("第 {} 个事件与操作输入不符：重演得到 {}，记录为 {}", r.first + 1, r.expected.empty() ? "无" : r.expected, r.recorded.empty() ? "无" : r.recorded),
          fmt::format("event {} does not follow from the inputs: they make {}, recorded is {}", r.first + 1, r.expected.empty() ? "nothing" : r.expected, r.recorded.empty() ? "nothing" : r.recorded));
      return false;
    }
    if (r.lost > 0) {
      note("inputs", fmt::format("操作输入重演一致，但中断时有 {} 个事件未及记录", r.lost), fmt::format("its inputs played again give the same events, but an interruption kept {} from being recorded", r.lost));
      return false;
    }
    good("inputs", fmt::format("操作输入重演一致：{} 个事件全部由输入得出", j.events.size()), fmt::format("its inputs played again give the same {} events", j.events.size()));
    return true;
  }

  // Whether the proctor whom the token names was there all the time, and says so.
  bool watched(const Journal& j, const std::string* marks) {
    auto token = j.header.token.empty() ? Result<AssessmentToken>(Error{}) : read_token(j.header.token, v_.name, keys_);
    if (!token || !token->proctor) return false;
    std::vector<ProctorAnswer> answers;
    for (const JournalAnswer& a : j.answers) {
      auto answer = read_answer(a.text, token->proctor->kid, fmt::format("{}:{}", v_.name, a.line));
      if (answer && answer->attempt != j.header.attempt) answer = Error{Code::kFailed, fmt::format("{}:{}", v_.name, a.line), "the proctor's answer is another attempt's", ""};
      if (!answer) {
        bad("proctor", answer.error());
        return false;
      }
      answers.push_back(std::move(*answer));
    }
    if (const auto gap = uncovered(j, answers, *token->proctor)) {
      note("proctor", "监考未覆盖全程：" + gap->zh, "not watched from beginning to end: " + gap->en);
      return false;
    }
    auto said = marks ? parse_marks(*marks, marks_path(v_.name).string(), j) : Result<MarkFile>(MarkFile{});
    const auto word = !said ? said->records.end() : std::find_if(said->records.begin(), said->records.end(), [&](const MarkRecord& r) { return r.kind == MarkRecord::Kind::kWatched && r.key && r.key->id() == token->proctor->kid; });
    if (!said || word == said->records.end()) {
      note("proctor", fmt::format("监考台应答 {} 次，覆盖全程；监考员尚未签名", answers.size()), fmt::format("the proctor's desk answered {} times, from beginning to end; the proctor has not signed yet", answers.size()));
      return false;
    }
    const KnownKey* proctor = find_key_id(keys_, token->proctor->kid);
    if (proctor && proctor->name != word->by) {
      bad("proctor", fmt::format("{} 的监考签名是用 {} 的密钥签的", word->by, proctor->name), fmt::format("the word of {} is signed with the key of {}", word->by, proctor->name));
      return false;
    }
    if (!proctor) {
      note("proctor", fmt::format("监考员的密钥 {} 不在本机已知的密钥之列", token->proctor->kid), fmt::format("the proctor's key {} is not among those known here", token->proctor->kid));
      return false;
    }
    if (!trusted("proctor", *word->key, KeyRole::kEvaluator, word->at_utc)) return false;
    good("proctor", fmt::format("监考员 {} 全程监考：监考台应答 {} 次，{} 至 {}", word->by, answers.size(), answers.front().at_utc, answers.back().at_utc),
         fmt::format("watched by {} from beginning to end: {} answers of the desk, {} to {}", word->by, answers.size(), answers.front().at_utc, answers.back().at_utc));
    return true;
  }

 private:
  Verification& v_;
  const std::vector<KnownKey>& keys_;

  void say(Finding::Kind kind, const char* about, std::string zh, std::string en) { v_.findings.push_back({kind, about, {std::move(zh), std::move(en)}}); }

  void people(const Journal& j, const Pack& pack, const Exercise& exercise, const std::string& bytes) {
    auto marks = parse_marks(bytes, marks_path(v_.name).string(), j);
    if (!marks) return bad("people", marks.error());
    auto judged = judgement_of(pack, exercise, j, *marks, marks_path(v_.name).string());
    if (!judged) return bad("people", judged.error());
    // A proctor's word is no mark: watched() looks at it.
    std::erase_if(marks->records, [](const MarkRecord& r) { return r.kind == MarkRecord::Kind::kWatched; });
    if (marks->records.empty()) return;
    size_t is_signed = 0;
    for (const MarkRecord& r : marks->records) is_signed += r.key.has_value();
    note("people", fmt::format("人工评分 {} 条，其中 {} 条有签名；合计 {} / {}", marks->records.size(), is_signed, points(judged->sheet.total_mp), points(judged->sheet.max_mp)),
         fmt::format("{} marks by people, {} of them signed; together {} / {}", marks->records.size(), is_signed, points(judged->sheet.total_mp), points(judged->sheet.max_mp)));
    std::vector<std::string> seen;
    for (const MarkRecord& r : marks->records) {
      if (!r.key) continue;
      const KnownKey* known = find_key_id(keys_, r.key->id());
      if (known && known->name != r.by) {
        bad("people", fmt::format("{} 的评分是用 {} 的密钥签名的", r.by, known->name), fmt::format("a mark by {} is signed with the key of {}", r.by, known->name));
      } else if (std::find(seen.begin(), seen.end(), r.key->id()) == seen.end()) {
        seen.push_back(r.key->id());
        trusted("people", *r.key, KeyRole::kEvaluator, r.at_utc);
      }
    }
  }
};

}  // namespace

bool Verification::good() const {
  return !findings.empty() && std::none_of(findings.begin(), findings.end(), [](const Finding& f) { return f.kind == Finding::Kind::kBad; });
}

int claimed_level(const Journal& j) { return j.footer && j.signatures.size() >= 2 && j.signatures.front().line == 2 && j.signatures.back().line == j.lines ? 1 : 0; }

Verification verify_journal(std::string_view bytes, const std::string& name, const std::string* marks, const std::vector<KnownKey>& keys, PackShelf& packs) {
  Verification v;
  v.name = name;
  Examiner e(v, keys);
  auto journal = parse_journal(bytes, name);
  if (!journal) {
    e.bad("chain", fmt::format("记录已损坏或被改动——{}", journal.error().text()), fmt::format("damaged or changed: {}", journal.error().text()));
    return v;
  }
  const Journal& j = v.journal.emplace(std::move(*journal));
  if (j.torn) e.bad("chain", fmt::format("最后一行（第 {} 行）不完整：文件被截断", j.lines + 1), fmt::format("its last line ({}) is incomplete: the file was cut", j.lines + 1));
  else e.good("chain", fmt::format("记录完整：{} 行环环相扣，SHA-256 {}", j.lines, j.head_sha256), fmt::format("whole: {} lines, each chained to the one before, SHA-256 {}", j.lines, j.head_sha256));
  if (!j.footer) e.bad("closed", fmt::format("记录未结束：第 {} 行之后没有成绩单；尚未交卷，或结尾被删去", j.lines), fmt::format("not closed: no marksheet follows line {}; it was not handed in, or its end was taken away", j.lines));
  const bool is_signed = e.signatures(j);
  const bool token = e.token(j.header);
  if (j.header.sealed && j.footer) e.good("seed", "随机种子与开始时的承诺相符", "the seed is the one it was committed to at the start");
  const auto found = e.pack(j, packs);
  const bool same = found && e.score(j, *found, marks);
  if (is_signed && token && same && v.good()) {
    const bool follows = e.inputs(j, *found);
    const bool seen = e.watched(j, marks);
    if (v.good()) v.level = !follows ? 1 : seen ? 3 : 2;
  }
  return v;
}

Verification verify_journal(const fs::path& path, const std::vector<KnownKey>& keys, PackShelf& packs) {
  auto bytes = read_file(path, kMaxJournalBytes);
  std::error_code ec;
  std::optional<std::string> marks;
  Status readable = bytes ? ok() : Status(bytes.error());
  if (readable && fs::exists(marks_path(path), ec)) {
    auto beside = read_file(marks_path(path), kMaxMarksBytes);
    if (beside) marks = std::move(*beside);
    else readable = beside.error();
  }
  if (!readable) {
    Verification v;
    v.name = path.string();
    v.findings.push_back({Finding::Kind::kBad, "chain", {readable.error().text(), readable.error().text()}});
    return v;
  }
  return verify_journal(*bytes, path.string(), marks ? &*marks : nullptr, keys, packs);
}

json to_json(const Verification& v) {
  json findings = json::array();
  for (const Finding& f : v.findings)
    findings.push_back({{"about", f.about}, {"kind", f.kind == Finding::Kind::kGood ? "good" : f.kind == Finding::Kind::kNote ? "note" : "bad"}, {"text", {{"zh-CN", f.text.zh}, {"en", f.text.en}}}});
  json j = {{"file", v.name}, {"good", v.good()}, {"level", v.level}, {"findings", findings}};
  if (v.journal) {
    const JournalHeader& h = v.journal->header;
    j.update({{"attempt", h.attempt}, {"exercise", h.exercise}, {"mode", mode_name(h.mode)}, {"trainee", h.trainee}, {"head_sha256", v.journal->head_sha256}, {"signatures", v.journal->signatures.size()},
              {"pack", {{"id", h.pack_id}, {"version", h.pack_version}, {"sha256", h.pack_sha256}}}});
  }
  return j;
}

std::string verification_text(const Verification& v, Lang lang) {
  const bool zh = lang == Lang::kZh;
  std::string out = v.name + "\n";
  if (v.journal) {
    const JournalHeader& h = v.journal->header;
    out += fmt::format("  {}  {}  {}  {}\n", h.attempt, h.title.in(lang), mode_title(h.mode).in(lang), h.trainee);
  }
  for (const Finding& f : v.findings) out += fmt::format("  {} {}\n", f.kind == Finding::Kind::kGood ? "✓" : f.kind == Finding::Kind::kNote ? "·" : "✗", f.text.in(lang));
  const char* levels_zh[] = {"L0：仅为分数，不足以互认", "L1：完整签名的过程记录，重新评分一致。不证明坐在那里的是谁", "L2：此外，记录的操作输入重演出相同的事件。不证明坐在那里的是谁",
                             "L3：此外，监考员全程监考并签名"};
  const char* levels_en[] = {"L0: a score only, not enough to be credited elsewhere", "L1: a whole, signed log that scores the same again. It does not prove who sat there",
                             "L2: besides, the recorded inputs, played again, give the same events. It does not prove who sat there",
                             "L3: besides, a proctor watched from beginning to end and signed"};
  out += fmt::format("  {} {}\n", zh ? "可信级别" : "Integrity level", (zh ? levels_zh : levels_en)[v.level]);
  out += v.good() ? (zh ? "  结论：可信\n" : "  Verdict: good\n") : (zh ? "  结论：不可信，见 ✗\n" : "  Verdict: not good, see ✗\n");
  return out;
}

}  // namespace shixun
