#include "engine/records/human_marks.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <set>

#include "engine/base/hash.h"
#include "engine/base/units.h"
#include "engine/records/clock.h"

namespace shixun {

namespace {

using nlohmann::json;

constexpr int kBestLevel = 3;
constexpr size_t kMaxReason = 1000;
constexpr int64_t kMaxPenalty_mp = 100'000;
constexpr int kMaxRecordDepth = 4;

Error at_record(const std::string& name, size_t line, std::string what) { return {Code::kFailed, name + ":" + std::to_string(line), std::move(what), ""}; }

bool is_role(std::string_view s) { return is_pseudonym(s) && s.size() <= 40; }

bool is_reason(std::string_view s) { return s.size() <= kMaxReason && is_clean_utf8(s) && s.find_first_of("\r\n\t") == std::string_view::npos; }

std::string header_line(const Journal& journal) {
  return canonical({{"v", "marks"}, {"format", kMarksFormat}, {"attempt", journal.header.attempt}, {"journal_sha256", journal.head_sha256}});
}

json to_json(const MarkRecord& r) {
  json j = {{"at", r.at_utc}, {"by", r.by}};
  if (!r.role.empty()) j["role"] = r.role;
  if (!r.reason.empty()) j["reason"] = r.reason;
  if (r.kind == MarkRecord::Kind::kJudge) {
    j["v"] = "judge";
    j["levels"] = r.levels;
  } else if (r.kind == MarkRecord::Kind::kWatched) {
    j["v"] = "watched";
  } else {
    j.update({{"v", "dispute"}, {"aspect", r.aspect}, {"machine_mp", r.machine_mp}, {"proposed_mp", r.proposed_mp}});
  }
  return j;
}

bool is_points(const json& j) { return j.is_number_integer() && j >= -kMaxPenalty_mp && j <= kMaxPenalty_mp; }

// What is wrong with a line's members, or empty.
std::string read_record(const json& j, MarkRecord& r) {
  const auto text = [&](const char* key) -> const std::string* {
    const auto it = j.find(key);
    return it != j.end() && it->is_string() ? it->get_ptr<const std::string*>() : nullptr;
  };
  const std::string* v = text("v");
  const bool judge = v && *v == "judge", watched = v && *v == "watched";
  if (!v || (!judge && !watched && *v != "dispute")) return "is neither a mark nor a dispute nor a proctor's word";
  r.kind = judge ? MarkRecord::Kind::kJudge : watched ? MarkRecord::Kind::kWatched : MarkRecord::Kind::kDispute;
  static const std::set<std::string> all = {"v", "prev", "at", "by", "role", "reason", "suite", "jwk", "sig"}, of_judge = {"levels"}, of_dispute = {"aspect", "machine_mp", "proposed_mp"}, of_watched = {};
  for (const auto& [key, value] : j.items()) {
    if (!all.count(key) && !(judge ? of_judge : watched ? of_watched : of_dispute).count(key)) return "has the unknown member '" + key.substr(0, 40) + "'";
  }
  if (!text("at") || !parse_utc(*text("at"))) return "lacks the time";
  if (!text("by") || !is_pseudonym(*text("by"))) return "lacks who says so, by pseudonym";
  r.at_utc = *text("at");
  r.by = *text("by");
  if (j.contains("role")) {
    if (!text("role") || !is_role(*text("role"))) return "has a role that is no name";
    r.role = *text("role");
  }
  if (j.contains("reason")) {
    if (!text("reason") || !is_reason(*text("reason")) || text("reason")->empty()) return "has a reason that is not one line of text";
    r.reason = *text("reason");
  }
  if (j.contains("sig") || j.contains("jwk") || j.contains("suite")) {
    auto key = public_key_from_jwk(j.value("jwk", json()));
    if (!key || j["jwk"].size() != 3 || !text("suite") || *text("suite") != kSuiteRs256 || !text("sig")) return "has a signature that is none";
    json unsigned_line = j;
    unsigned_line.erase("sig");
    if (!verify_signature(*key, canonical(unsigned_line), *text("sig"))) return "has a signature that does not fit: it was written by somebody else";
    r.key = *key;
  }
  if (watched) return r.key ? "" : "lacks its signature";
  if (judge) {
    const auto levels = j.find("levels");
    if (levels == j.end() || !levels->is_object() || levels->empty()) return "marks nothing";
    for (const auto& [aspect, level] : levels->items()) {
      if (!level.is_number_integer() || level < 0 || level > kBestLevel) return "has a level that is not 0 to 3";
      r.levels[aspect] = level.get<int>();
    }
    return r.role.empty() ? "lacks the role of who marks" : "";
  }
  if (!text("aspect") || !j.contains("machine_mp") || !is_points(j["machine_mp"]) || !j.contains("proposed_mp") || !is_points(j["proposed_mp"])) return "disputes nothing";
  r.aspect = *text("aspect");
  r.machine_mp = j["machine_mp"].get<int64_t>();
  r.proposed_mp = j["proposed_mp"].get<int64_t>();
  return "";
}

// ---------------------------------------------------------------- what may be said, and what stands

class Bench {  // those who judge, as their marks come in
 public:
  Bench(const Exercise& exercise, const Journal& journal, const Marksheet& machine) : journal_(journal), machine_(machine) {
    for (const Aspect& a : exercise.aspects) {
      if (a.kind == RuleKind::kJudge) aspects.push_back({.id = a.id, .roles = a.roles, .standing = {}, .again = {}, .contested = false, .weightless = {}, .open = true});
    }
  }

  std::vector<JudgedAspect> aspects;
  std::vector<MarkRecord> disputes;

  // All of a record, or nothing of it.
  Status take(const MarkRecord& r) {
    if (r.kind == MarkRecord::Kind::kWatched) return r.by == journal_.header.trainee ? Status(no("nobody watches himself")) : ok();
    if (r.kind == MarkRecord::Kind::kDispute) {
      if (auto may = may_dispute(r); !may) return may;
      disputes.push_back(r);
      return ok();
    }
    for (const auto& [id, level] : r.levels) {
      if (auto may = may_mark(r, id); !may) return may;
    }
    for (const auto& [id, level] : r.levels) mark(*find(id), {r.role, r.by, level, r.reason});
    return ok();
  }

  std::vector<HumanMark> standing() const {
    std::vector<HumanMark> all;
    for (const JudgedAspect& a : aspects) {
      for (const auto& [role, g] : a.standing) all.push_back({a.id, role, g.level});
    }
    return all;
  }

 private:
  const Journal& journal_;
  const Marksheet& machine_;

  static Error no(std::string what, std::string hint = "") { return {Code::kUsage, "", std::move(what), std::move(hint)}; }

  JudgedAspect* find(const std::string& id) {
    const auto it = std::find_if(aspects.begin(), aspects.end(), [&](const JudgedAspect& a) { return a.id == id; });
    return it == aspects.end() ? nullptr : &*it;
  }

  Status may_mark(const MarkRecord& r, const std::string& id) {
    const JudgedAspect* a = find(id);
    if (!a) {
      std::string known;
      for (const JudgedAspect& x : aspects) known += known.empty() ? x.id : ", " + x.id;
      return no("people do not mark '" + id.substr(0, 64) + "'", known.empty() ? "In this exercise the machine marks everything; shixunctl dispute says that a mark is wrong" : "They mark: " + known);
    }
    if (r.role == kSelfRole && r.by != journal_.header.trainee) return no("the role 'self' is for the one who worked");
    if (r.role != kSelfRole && r.by == journal_.header.trainee) return no("nobody marks his own work in the role '" + r.role + "'", "Use the role self");
    if (std::find(a->roles.begin(), a->roles.end(), r.role) == a->roles.end()) {
      if (r.role == kSelfRole || r.role == kPeerRole) return ok();
      return no("'" + r.role + "' does not mark " + id, fmt::format("It is marked by: {}; self and peer are kept without weight", fmt::join(a->roles, ", ")));
    }
    for (const auto* round : {&a->standing, &a->again}) {
      for (const auto& [role, g] : *round) {
        if (role != r.role && g.by == r.by) return no(r.by + " has marked " + id + " as " + role + " already", "Each role is another person's");
      }
    }
    const bool again = a->contested || a->standing.count(r.role) > 0;
    if (again && r.reason.empty()) return no(std::string(a->contested ? "those who mark " + id + " differ by more than one level: each marks again and says why" : r.role + " has marked " + id + " already: to mark again, say why"), "Give the reason with --reason");
    return ok();
  }

  static bool differ(const std::map<std::string, Given>& marks) {
    const auto [lo, hi] = std::minmax_element(marks.begin(), marks.end(), [](const auto& a, const auto& b) { return a.second.level < b.second.level; });
    return hi->second.level - lo->second.level > 1;
  }

  static void mark(JudgedAspect& a, Given g) {
    if (std::find(a.roles.begin(), a.roles.end(), g.role) == a.roles.end()) {
      a.weightless.push_back(std::move(g));
      return;
    }
    if (a.contested) {
      a.again[g.role] = std::move(g);
      if (a.again.size() < a.roles.size()) return;
      a.standing = std::move(a.again);
      a.again.clear();
    } else {
      a.standing[g.role] = std::move(g);
      if (a.standing.size() < a.roles.size()) return;
    }
    a.contested = differ(a.standing);
    a.open = a.contested;
  }

  Status may_dispute(const MarkRecord& r) {
    if (r.reason.empty()) return no("a dispute needs a reason", "Give it with --reason");
    const auto m = std::find_if(machine_.marks.begin(), machine_.marks.end(), [&](const Mark& x) { return x.id == r.aspect; });
    if (m == machine_.marks.end()) return no("there is no aspect '" + r.aspect.substr(0, 64) + "'", "shixunctl explain shows them");
    if (find(r.aspect)) return no(r.aspect + " is marked by people, not by the machine", "Who thinks otherwise marks it: shixunctl judge");
    const int64_t lo = m->max_mp > 0 ? 0 : -kMaxPenalty_mp;
    if (r.proposed_mp < lo || r.proposed_mp > m->max_mp) return no(fmt::format("{} can be worth {} to {} points", r.aspect, lo / 1000, static_cast<double>(m->max_mp) / 1000));
    if (r.machine_mp != m->awarded_mp) return no(fmt::format("the machine's mark of {} is another one", r.aspect));
    if (r.proposed_mp == m->awarded_mp) return no("this is what the machine gave");
    return ok();
  }
};

Result<Marksheet> machine_sheet(const Pack& pack, const Exercise& exercise, const Journal& journal, const std::string& where) {
  if (!journal.footer) return Error{Code::kFailed, where, "the attempt is not closed: there is nothing to mark yet", "shixunctl results close closes one that nobody goes on with"};
  Marksheet sheet = grade(pack, exercise, journal.header.mode, journal.header.seed, journal.events);
  if (canonical(to_json(sheet)) != canonical(journal.footer->sheet))
    return Error{Code::kFailed, where, "the marksheet stored in the journal is not what its events come to", "Do not rely on it; shixunctl grade says more"};
  return sheet;
}

Result<Bench> seat(const Exercise& exercise, const Journal& journal, const Marksheet& machine, const MarkFile& marks, const std::string& name) {
  Bench bench(exercise, journal, machine);
  for (size_t i = 0; i < marks.records.size(); ++i) {
    if (auto taken = bench.take(marks.records[i]); !taken) return at_record(name, i + 2, taken.error().what);
  }
  return bench;
}

Judgement sum_up(const Pack& pack, const Exercise& exercise, const Journal& journal, Marksheet machine, Bench bench, const MarkFile& marks) {
  Judgement j;
  j.sheet = grade(pack, exercise, journal.header.mode, journal.header.seed, journal.events, bench.standing());
  for (size_t i = 0; i < exercise.aspects.size(); ++i) {
    if (exercise.aspects[i].kind != RuleKind::kJudge) continue;
    j.human_mp += j.sheet.marks[i].awarded_mp;
    j.human_max_mp += j.sheet.marks[i].max_mp;
  }
  j.machine = std::move(machine);
  j.aspects = std::move(bench.aspects);
  j.disputes = std::move(bench.disputes);
  if (std::any_of(marks.records.begin(), marks.records.end(), [](const MarkRecord& r) { return r.kind != MarkRecord::Kind::kWatched; })) {
    j.marks_sha256 = marks.head_sha256;
    j.said_utc = marks.records.back().at_utc;
  }
  return j;
}

// ---------------------------------------------------------------- the file

Error file_error(const fs::path& path, const char* doing) {
  const int err = errno;
  if (err == EWOULDBLOCK) return {Code::kFailed, path.string(), "somebody else is adding a mark", "Try again"};
  return {Code::kEnvironment, path.string(), std::string("cannot ") + doing + ": " + std::strerror(err), err == ENOSPC ? "Free some space; what was marked before is kept" : ""};
}

struct OpenFile {
  int fd = -1;
  ~OpenFile() {
    if (fd >= 0) ::close(fd);  // lets go of the lock
  }
};

Status write_all(const OpenFile& file, const fs::path& path, std::string_view bytes, uint64_t size) {
  size_t at = 0;
  while (at < bytes.size()) {
    const ssize_t n = ::write(file.fd, bytes.data() + at, bytes.size() - at);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) {
      const Error e = file_error(path, "write the marks");
      // Half a line must not stay; if it does, the next reader cuts it off.
      [[maybe_unused]] const int cut = ftruncate(file.fd, static_cast<off_t>(size));
      return e;
    }
    at += static_cast<size_t>(n);
  }
  if (fdatasync(file.fd) != 0) return file_error(path, "flush the marks");
  return ok();
}

std::string points(int64_t mp) { return fmt::format("{}{}.{}", mp < 0 ? "-" : "", std::abs(mp) / 1000, std::abs(mp) % 1000 / 100); }

}  // namespace

fs::path marks_path(const fs::path& journal) {
  fs::path p = journal;
  return p.replace_extension(".marks");
}

Result<MarkFile> parse_marks(std::string_view bytes, const std::string& name, const Journal& journal) {
  MarkFile file;
  size_t line_no = 0;
  std::string_view rest = bytes;
  while (!rest.empty()) {
    const size_t end = rest.find('\n');
    ++line_no;
    if (end == std::string_view::npos) {
      file.torn = true;
      break;
    }
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end + 1);
    if (line_no == 1) {
      if (line != header_line(journal)) return at_record(name, 1, "these are not the marks of this journal, or one of the two was changed");
    } else {
      if (line.size() > kMaxLineBytes || !nests_within(line, kMaxRecordDepth)) return at_record(name, line_no, "is no record of marks");
      const json j = json::parse(line, nullptr, false);
      if (!j.is_object() || canonical(j) != line) return at_record(name, line_no, "the line is not canonical JSON: it was changed or damaged");
      if (j.value("prev", json()) != file.head_sha256)
        return at_record(name, line_no, "the chain is broken: 'prev' is not the hash of line " + std::to_string(line_no - 1) + "; one of the two was changed, added or removed");
      MarkRecord r;
      if (const std::string what = read_record(j, r); !what.empty()) return at_record(name, line_no, what);
      file.records.push_back(std::move(r));
    }
    file.head_sha256 = sha256_hex(line);
    file.bytes += end + 1;
  }
  return file;
}

Result<MarkFile> read_marks(const fs::path& journal_path, const Journal& journal) {
  const fs::path path = marks_path(journal_path);
  std::error_code ec;
  if (fs::symlink_status(path, ec).type() == fs::file_type::not_found) return MarkFile{};
  auto bytes = read_file(path, kMaxMarksBytes);
  if (!bytes) return bytes.error();
  return parse_marks(*bytes, path.string(), journal);
}

Result<Judgement> judgement_of(const Pack& pack, const Exercise& exercise, const Journal& journal, const MarkFile& marks, const std::string& name) {
  auto machine = machine_sheet(pack, exercise, journal, name);
  if (!machine) return machine.error();
  auto bench = seat(exercise, journal, *machine, marks, name);
  if (!bench) return bench.error();
  return sum_up(pack, exercise, journal, *machine, std::move(*bench), marks);
}

Result<Judgement> judgement_of(const Pack& pack, const Exercise& exercise, const Journal& journal, const fs::path& journal_path) {
  auto marks = read_marks(journal_path, journal);
  if (!marks) return marks.error();
  return judgement_of(pack, exercise, journal, *marks, marks->head_sha256.empty() ? journal_path.string() : marks_path(journal_path).string());
}

Result<Judgement> add_mark(const Pack& pack, const Exercise& exercise, const fs::path& journal_path, MarkRecord record, const PrivateKey* key) {
  auto journal = read_journal(journal_path);
  if (!journal) return journal.error();
  if (rules_of(journal->header.mode).plays_expert) return Error{Code::kUsage, journal_path.string(), "is a demonstration: nobody's work", ""};
  auto machine = machine_sheet(pack, exercise, *journal, journal_path.string());
  if (!machine) return machine.error();
  if (!is_pseudonym(record.by)) return Error{Code::kUsage, "--by", "'" + record.by.substr(0, 64) + "' cannot say who marks", "Use a pseudonym of 1 to 64 of A-Z a-z 0-9 . _ -"};
  if (!record.role.empty() && !is_role(record.role)) return Error{Code::kUsage, "--role", "'" + record.role.substr(0, 64) + "' is no role", "Use the names of the rubric, such as teacher"};
  if (!is_reason(record.reason)) return Error{Code::kUsage, "--reason", "a reason is one line of at most 1000 bytes", ""};
  record.at_utc = format_utc(utc_now_ms());
  if (record.kind == MarkRecord::Kind::kDispute) {
    for (const Mark& m : machine->marks) {
      if (m.id == record.aspect) record.machine_mp = m.awarded_mp;
    }
  }

  const fs::path path = marks_path(journal_path);
  OpenFile file{::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600)};
  if (file.fd < 0) return file_error(path, "open the marks");
  if (flock(file.fd, LOCK_EX | LOCK_NB) != 0) return file_error(path, "lock the marks");
  auto marks = read_marks(journal_path, *journal);  // under the lock: what it is checked against stays
  if (!marks) return marks.error();
  auto bench = seat(exercise, *journal, *machine, *marks, path.string());
  if (!bench) return bench.error();
  if (auto taken = bench->take(record); !taken) return taken.error();
  if (marks->torn && ftruncate(file.fd, static_cast<off_t>(marks->bytes)) != 0) return file_error(path, "repair the marks");
  std::string bytes;
  if (marks->head_sha256.empty()) {
    const std::string first = header_line(*journal);
    marks->head_sha256 = sha256_hex(first);
    bytes = first + "\n";
  }
  json j = to_json(record);
  j["prev"] = marks->head_sha256;
  if (key) {
    j["suite"] = kSuiteRs256;
    j["jwk"] = to_jwk(key->public_key());
    j["sig"] = key->sign(canonical(j));
    record.key = key->public_key();
  }
  const std::string line = canonical(j);
  if (marks->bytes + bytes.size() + line.size() + 1 > kMaxMarksBytes) return Error{Code::kFailed, path.string(), "the marks would grow over 4 MiB", ""};
  bytes += line + "\n";
  if (auto written = write_all(file, path, bytes, marks->bytes); !written) return written.error();
  marks->head_sha256 = sha256_hex(line);
  marks->records.push_back(std::move(record));
  return sum_up(pack, exercise, *journal, *machine, std::move(*bench), *marks);
}

json to_json(const Judgement& j) {
  const auto given = [](const Given& g) {
    json o = {{"role", g.role}, {"by", g.by}, {"level", g.level}};
    if (!g.reason.empty()) o["reason"] = g.reason;
    return o;
  };
  json aspects = json::array(), disputes = json::array(), open = json::array();
  for (const JudgedAspect& a : j.aspects) {
    json standing = json::array(), again = json::array(), weightless = json::array();
    for (const auto& [role, g] : a.standing) standing.push_back(given(g));
    for (const auto& [role, g] : a.again) again.push_back(given(g));
    for (const Given& g : a.weightless) weightless.push_back(given(g));
    int64_t awarded = 0, max = 0;
    for (const Mark& m : j.sheet.marks) {
      if (m.id == a.id) awarded = m.awarded_mp, max = m.max_mp;
    }
    aspects.push_back({{"id", a.id}, {"roles", a.roles}, {"awarded_mp", awarded}, {"max_mp", max}, {"open", a.open}, {"contested", a.contested}, {"standing", standing}, {"again", again}, {"weightless", weightless}});
    if (a.open) open.push_back(a.id);
  }
  for (const MarkRecord& d : j.disputes) disputes.push_back(to_json(d));
  return {{"machine_mp", j.machine.total_mp}, {"human_mp", j.human_mp}, {"human_max_mp", j.human_max_mp}, {"total_mp", j.sheet.total_mp}, {"raw_mp", j.sheet.raw_mp}, {"max_mp", j.sheet.max_mp},
          {"process_mp", j.sheet.process_mp}, {"process_max_mp", j.sheet.process_max_mp}, {"outcome_mp", j.sheet.outcome_mp}, {"outcome_max_mp", j.sheet.outcome_max_mp},
          {"verdict", j.sheet.pass ? "pass" : j.sheet.open ? "open" : "fail"}, {"open", open}, {"aspects", aspects}, {"disputes", disputes}, {"marks_sha256", j.marks_sha256}};
}

std::string judgement_text(const Judgement& j, const Pack& pack, Lang lang) {
  if (j.empty()) return "";
  const bool zh = lang == Lang::kZh;
  const auto role_name = [&](const std::string& role) {
    const std::string& name = pack.text("role." + role).in(lang);
    return name.empty() ? role : name;
  };
  const Marksheet& s = j.sheet;
  std::string out = fmt::format(fmt::runtime(zh ? "  机器分 {}，人工分 {} / {}；合计 {} / {} {}（过程 {} / {}，结果 {} / {}）\n" : "  machine {}, people {} of {}; together {} / {} {} (process {} / {}, outcome {} / {})\n"), points(j.machine.total_mp),
                                points(j.human_mp), points(j.human_max_mp), points(s.total_mp), points(s.max_mp), s.pass ? (zh ? "合格" : "pass") : s.open ? (zh ? "待评分" : "to be marked") : (zh ? "不合格" : "fail"),
                                points(s.process_mp), points(s.process_max_mp), points(s.outcome_mp), points(s.outcome_max_mp));
  for (const JudgedAspect& a : j.aspects) {
    const auto m = std::find_if(s.marks.begin(), s.marks.end(), [&](const Mark& x) { return x.id == a.id; });
    out += fmt::format("  {} {}: {}\n", a.id, a.open ? (zh ? "待评" : "open") : points(m->awarded_mp) + " / " + points(m->max_mp), m->why.in(lang));
    if (a.contested) {
      std::string waiting;
      for (const std::string& role : a.roles) {
        if (!a.again.count(role)) waiting += (waiting.empty() ? "" : zh ? "、" : ", ") + role_name(role);
      }
      out += fmt::format(fmt::runtime(zh ? "    还须重评：{}\n" : "    still to mark again: {}\n"), waiting);
    }
    for (const auto* round : {&a.standing, &a.again}) {
      for (const auto& [role, g] : *round) {
        if (!g.reason.empty()) out += fmt::format("    {} {} ({}): {}\n", role_name(role), g.level, g.by, g.reason);
      }
    }
    for (const Given& g : a.weightless) out += fmt::format(fmt::runtime(zh ? "    {} {}（不计分）\n" : "    {} {} (without weight)\n"), g.role == kSelfRole ? (zh ? "自评" : "self") : (zh ? "互评" : "peer"), g.level);
  }
  for (const MarkRecord& d : j.disputes)
    out += fmt::format(fmt::runtime(zh ? "  异议 {}：机器分 {}，{} 认为应为 {}：{}\n" : "  dispute of {}: machine {}, {} holds {} right: {}\n"), d.aspect, points(d.machine_mp), d.by, points(d.proposed_mp), d.reason);
  return out;
}

}  // namespace shixun
