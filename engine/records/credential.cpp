#include "engine/records/credential.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <set>

#include "engine/base/base64.h"
#include "engine/base/hash.h"
#include "engine/base/json.h"
#include "engine/records/clock.h"

namespace shixun {

namespace {

using nlohmann::json;

constexpr const char* kLearnerSpace = "3c3f0f5e-6e0d-4b8e-8f6a-2d6f4a8c7e15";  // of learners' ids
constexpr const char* kVc = "https://www.w3.org/ns/credentials/v2";
constexpr const char* kOb = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json";
constexpr const char* kClr = "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json";
constexpr const char* kPngKeyword = "openbadgecredential";

fs::path register_file() { return places().data / "credentials.jsonl"; }

// Seconds: JWTs know nothing finer.
std::string whole_seconds(int64_t ms) { return format_utc(ms / 1000 * 1000).substr(0, 19) + "Z"; }

double tenths(int64_t mp) { return static_cast<double>(mp / 100) / 10; }
double hundredths(int64_t ch) { return static_cast<double>(ch) / 100; }

// Keyed by the school's private key (its signatures are deterministic): the same learner gets the same id, and only the school can tell whose it is.
std::string learner_id(const PrivateKey& school, const std::string& pseudonym) { return "urn:uuid:" + uuid_v5(kLearnerSpace, school.sign("shixun-learner:" + pseudonym)); }

// Beyond the years that can be written: the last of them.
std::string unix_seconds_text(const json& v) {
  constexpr int64_t kLast = 253'402'300'799;
  return v.is_number_integer() ? format_utc(std::clamp<int64_t>(v.get<int64_t>(), 0, kLast) * 1000) : std::string();
}

json issuer_of(const School& school, Lang lang) { return {{"id", school.id}, {"type", json::array({"Profile"})}, {"name", school.name.in(lang)}}; }

json header_of(const PrivateKey& key) { return {{"typ", "JWT"}, {"jwk", to_jwk(key.public_key())}}; }

// The claims that JWT libraries look at, out of the credential.
void add_claims(json& body, int64_t now_ms, int valid_years) {
  body["iss"] = body["issuer"]["id"];
  body["jti"] = body["id"];
  body["sub"] = body["credentialSubject"]["id"];
  body["nbf"] = now_ms / 1000;
  body["validFrom"] = whole_seconds(now_ms);
  if (valid_years == 0) return;
  using namespace std::chrono;
  const sys_days today = floor<days>(sys_time<milliseconds>(milliseconds(now_ms)));
  year_month_day end = year_month_day(today) + years(valid_years);
  if (!end.ok()) end = end.year() / end.month() / last;  // issued on 29 February
  const int64_t until = now_ms + duration_cast<milliseconds>(sys_days(end) - today).count();
  body["exp"] = until / 1000;
  body["validUntil"] = whole_seconds(until);
}

// RFC 6920 names bytes by their hash.
std::string named_by_hash(const std::string& sha256) {
  std::string raw;
  for (size_t i = 0; i < sha256.size(); i += 2) raw += static_cast<char>(std::stoi(sha256.substr(i, 2), nullptr, 16));
  return "ni:///sha-256;" + base64url(raw);
}

// Who marked or disputed, each once in each role: "t-07 (teacher), signed by KEY; m-1 (mentor), not signed". The roles self and peer weigh nothing.
std::string markers(const CredentialContent& c, bool zh) {
  std::string out;
  std::set<std::string> named;
  for (const MarkRecord& m : c.marks) {
    if (m.kind == MarkRecord::Kind::kWatched || m.role == kSelfRole || m.role == kPeerRole) continue;
    const auto title = c.roles.find(m.role);
    const std::string role = title == c.roles.end() ? m.role : title->second.in(zh ? Lang::kZh : Lang::kEn);
    const std::string who = m.by + (role.empty() ? "" : zh ? "（" + role + "）" : " (" + role + ")");
    const std::string how = m.key ? (zh ? "，签名密钥 " : ", signed by ") + m.key->id() : zh ? "，未签名" : ", not signed";
    if (named.insert(who + how).second) out += (out.empty() ? "" : zh ? "；" : "; ") + who + how;
  }
  return out;
}

}  // namespace

Result<Credential> issue_credential(const CredentialContent& c, const School& school, const PrivateKey& key, Lang lang, int64_t now_ms) {
  const JournalHeader& h = c.journal.header;
  const auto no = [&](std::string what, std::string hint = "") { return Error{Code::kFailed, h.attempt, std::move(what), std::move(hint)}; };
  if (!c.journal.footer) return no("the attempt is not closed");
  if (rules_of(h.mode).counts != Counts::kOutcome) return no("only an assessment earns a credential; this was: " + std::string(mode_name(h.mode)));
  const json& sheet = c.journal.footer->sheet;
  const bool open = c.people ? c.people->sheet.open : sheet.at("verdict") == "open";
  if (open) return no("people have not marked everything yet", "shixunctl judge");
  const bool pass = sheet.at("finished") == true && (c.people ? c.people->sheet.pass : sheet.at("verdict") == "pass");
  if (!pass) return no("the assessment was not passed");
  const bool zh = lang == Lang::kZh;
  const int64_t total = c.people ? c.people->sheet.total_mp : sheet.at("total_mp").get<int64_t>(), max = sheet.at("max_mp").get<int64_t>();
  const int64_t process = c.people ? c.people->sheet.process_mp : sheet.at("process_mp").get<int64_t>(), outcome = c.people ? c.people->sheet.outcome_mp : sheet.at("outcome_mp").get<int64_t>();

  Credential made;
  made.lang = lang;
  // One for each attempt and language: issuing it again gives the same id.
  made.id = "urn:uuid:" + uuid_v5(kLearnerSpace, school.id + ":" + h.attempt + ":" + lang_tag(lang));
  made.learner = learner_id(key, h.trainee);

  const std::string achievement = school.id + "#achievements/" + h.exercise;
  json descriptions = json::array(), results = json::array();
  const auto result = [&](const char* name, const char* type, const char* zh_name, const char* en_name, json value, json limits = json::object()) {
    const std::string id = achievement + "/results/" + name;
    json d = {{"id", id}, {"type", json::array({"ResultDescription"})}, {"name", zh ? zh_name : en_name}, {"resultType", type}};
    d.update(limits);
    descriptions.push_back(std::move(d));
    results.push_back({{"type", json::array({"Result"})}, {"resultDescription", id}, {"value", std::move(value)}});
  };
  const auto text = [](double v) { return fmt::format("{:g}", v); };
  result("total", "RawScore", "总分", "total", text(tenths(total)), {{"valueMin", "0"}, {"valueMax", text(tenths(max))}});
  result("process", "ext:ProcessScore", "过程分", "process", text(tenths(process)));
  result("outcome", "ext:OutcomeScore", "结果分", "outcome", text(tenths(outcome)));
  json about = {{"id", achievement},
                {"type", json::array({"Achievement"})},
                {"achievementType", "Assessment"},
                {"inLanguage", lang_tag(lang)},
                {"name", h.title.in(lang)},
                {"humanCode", h.exercise},
                {"version", h.pack_version},
                {"description", fmt::format(fmt::runtime(zh ? "虚拟仿真实训考核：{}" : "Assessed in virtual training: {}"), h.title.in(lang))},
                {"criteria", {{"narrative", !school.criteria.in(lang).empty() ? school.criteria.in(lang)
                                            : zh ? "在考核模式下独立完成：无提示，情境随机抽取，机器按评分标准逐项评分，人工评分项由评价人评定；未发生致命错误且总分合格。"
                                                 : "Done alone in assessment mode: no help, the situation drawn at random, every aspect of the rubric marked by the machine or, where it says so, by people; no critical error, and the total is a pass."}}},
                {"creator", issuer_of(school, lang)}};
  json subject = {{"id", made.learner}, {"type", json::array({"AchievementSubject"})}};
  if (c.mapped) {
    const MappedResult& m = *c.mapped;
    about["fieldOfStudy"] = m.course->title.in(lang);
    about["tag"] = json::array({m.course->code});
    if (!m.exercise->unit.empty()) about["tag"].push_back(m.exercise->unit);
    result("hours", "ext:Hours", "学时", "hours", text(hundredths(m.hours_ch)));
    if (m.band) result("grade", "LetterGrade", "等级", "grade", m.band->grade, {{"allowedValue", json::array()}});
    if (m.band) {
      for (const GradeBand& b : m.mapping->bands) descriptions.back()["allowedValue"].push_back(b.grade);
    }
    about["creditsAvailable"] = hundredths(m.credits_ch);
    subject["creditsEarned"] = hundredths(m.credits_ch);
    about["specialization"] = m.mapping->id + " " + m.mapping->version;
  }
  about["resultDescription"] = descriptions;
  subject["achievement"] = about;
  subject["result"] = results;

  const std::string& head = c.journal.head_sha256;
  json body = {{"@context", json::array({kVc, kOb})},
               {"id", made.id},
               {"type", json::array({"VerifiableCredential", "OpenBadgeCredential"})},
               {"name", h.title.in(lang)},
               {"issuer", issuer_of(school, lang)},
               {"credentialSubject", subject},
               {"evidence", json::array({json{{"id", named_by_hash(head)}, {"type", json::array({"Evidence"})}, {"name", zh ? "过程记录" : "Journal"},
                              {"narrative", fmt::format(fmt::runtime(zh ? "记录 {} 的末行 SHA-256：{}；课程包 {} {}" : "SHA-256 of the last line of journal {}: {}; pack {} {}"), h.attempt, head, h.pack_id, h.pack_version)}}})},
               {"credentialStatus", {{"id", school.revocations}, {"type", "1EdTechRevocationList"}}}};
  if (c.people && !c.people->marks_sha256.empty())
    body["evidence"].push_back({{"id", named_by_hash(c.people->marks_sha256)}, {"type", json::array({"Evidence"})}, {"name", zh ? "人工评分" : "Marks by people"}, {"narrative", markers(c, zh)}});
  add_claims(body, now_ms, school.valid_years);
  made.jwt = sign_jws(key, header_of(key), body);
  made.body = body;
  json seal = {{"v", "certificate"}, {"jti", made.id}, {"sha256", sha256_hex(made.jwt)}, {"iss", school.id}, {"exercise", h.exercise}, {"total", text(tenths(total))}, {"max", text(tenths(max))}, {"nbf", body["nbf"]}, {"holder", h.trainee}};
  if (body.contains("exp")) seal["exp"] = body["exp"];
  made.seal = sign_jws(key, {{"kid", key.public_key().id()}}, seal);
  return made;
}

Result<std::string> issue_clr(const std::vector<std::string>& jwts, const School& school, const PrivateKey& key, Lang lang, int64_t now_ms) {
  if (jwts.empty()) return Error{Code::kUsage, "", "nothing to bundle", ""};
  json subject = {{"type", json::array({"ClrSubject"})}, {"verifiableCredential", json::array()}, {"achievement", json::array()}};
  std::string ids;
  for (const std::string& jwt : jwts) {
    auto jws = parse_jws(jwt, "credential");
    if (!jws) return jws.error();
    if (!verify_jws(*jws, key.public_key())) return Error{Code::kFailed, "", "a credential to bundle was not issued with this key", ""};
    const json& s = jws->payload.value("credentialSubject", json());
    if (!s.is_object() || !s.contains("achievement") || !s.value("id", json()).is_string()) return Error{Code::kFailed, "", "one of these is no Open Badges credential", ""};
    if (subject.contains("id") && subject["id"] != s["id"]) return Error{Code::kFailed, "", "the credentials are of different learners", ""};
    subject["id"] = s["id"];
    subject["verifiableCredential"].push_back(jwt);
    subject["achievement"].push_back(s["achievement"]);
    ids += jws->payload.value("id", std::string()) + " ";
  }
  json body = {{"@context", json::array({kVc, kClr, kOb})},
               {"id", "urn:uuid:" + uuid_v5(kLearnerSpace, "clr:" + ids)},
               {"type", json::array({"VerifiableCredential", "ClrCredential"})},
               {"name", lang == Lang::kZh ? "学习成果记录" : "Learner record"},
               {"partial", true},
               {"issuer", issuer_of(school, lang)},
               {"credentialSubject", subject},
               {"credentialStatus", {{"id", school.revocations}, {"type", "1EdTechRevocationList"}}}};
  add_claims(body, now_ms, school.valid_years);
  return sign_jws(key, header_of(key), body);
}

// ---------------------------------------------------------------- checking

namespace {

struct VerdictName {
  const char *name, *zh, *en;
};
constexpr VerdictName kVerdicts[] = {
    {"good", "有效", "good"},
    {"damaged", "已损坏，无法读取", "damaged: it cannot be read"},
    {"wrong_suite", "签名算法不被接受（只接受 RS256）", "signed with a suite that is not accepted (only RS256 is)"},
    {"wrapped", "旧格式（带 vc 外层），不被接受", "of the old form with \"vc\" around it, which is not accepted"},
    {"unknown_key", "签名密钥不在本机已知的学校之列", "signed by a key that is no school's known here"},
    {"revoked_key", "学校的签名密钥已吊销", "the school's key was revoked"},
    {"changed", "已被改动：签名不符", "changed: the signature does not fit"},
    {"not_yet", "尚未生效", "not valid yet"},
    {"expired", "已过期", "expired"},
    {"revoked", "已被学校撤销", "revoked by the school"},
};

}  // namespace

Text credential_verdict_text(CredentialVerdict v) { return {kVerdicts[static_cast<size_t>(v)].zh, kVerdicts[static_cast<size_t>(v)].en}; }
const char* credential_verdict_name(CredentialVerdict v) { return kVerdicts[static_cast<size_t>(v)].name; }

CheckedCredential check_credential(std::string_view text, const std::vector<KnownKey>& keys, const std::vector<std::string>& revoked, int64_t now_ms) {
  CheckedCredential c;
  const auto is = [&](CredentialVerdict v, std::string detail = "") {
    c.verdict = v;
    c.detail = std::move(detail);
    return c;
  };
  auto jws = parse_jws(text, "credential");
  if (!jws) return is(jws.error().what.find("only RS256") != std::string::npos ? CredentialVerdict::kWrongSuite : CredentialVerdict::kDamaged, jws.error().what);
  c.body = jws->payload;
  const json& b = c.body;
  if (b.contains("vc")) return is(CredentialVerdict::kWrapped);
  // The key is named by what came along; that it is the school's, only our own list says.
  std::string kid;
  if (jws->header.contains("jwk")) {
    auto key = public_key_from_jwk(jws->header["jwk"]);
    if (!key) return is(CredentialVerdict::kDamaged, key.error().what);
    kid = key->id();
  } else if (const json named = jws->header.value("kid", json()); named.is_string()) {
    kid = named.get<std::string>();
  }
  const KnownKey* school = find_key_id(keys, kid);
  if (!school || school->role != KeyRole::kSchool) return is(CredentialVerdict::kUnknownKey, kid);
  c.issuer_key = school->name;
  if (!verify_jws(*jws, school->key)) return is(CredentialVerdict::kChanged);
  if (!school->revoked_utc.empty()) return is(CredentialVerdict::kRevokedKey, school->revoked_utc);
  const json id = b.value("jti", json()), nbf = b.value("nbf", json());
  const bool sealed = b.value("v", json()) == "certificate", clr = b.value("type", json::array()).dump().find("ClrCredential") != std::string::npos;
  const bool consistent = sealed || (b.value("id", json()) == id && b.value("issuer", json::object()).is_object() && b.value("issuer", json::object()).value("id", json()) == b.value("iss", json()) &&
                                     b.value("credentialSubject", json()).is_object() && b["credentialSubject"].value("id", json()) == b.value("sub", json()));
  if (!id.is_string() || !nbf.is_number_integer() || !consistent) return is(CredentialVerdict::kDamaged, "it says one thing in its claims and another in its body");
  const int64_t now_s = now_ms / 1000;  // compared in seconds: theirs may be any number
  if (nbf.get<int64_t>() > now_s) return is(CredentialVerdict::kNotYet, unix_seconds_text(nbf));
  if (const json exp = b.value("exp", json()); !exp.is_null()) {
    if (!exp.is_number_integer()) return is(CredentialVerdict::kDamaged, "exp is no time");
    if (exp.get<int64_t>() <= now_s) return is(CredentialVerdict::kExpired, unix_seconds_text(exp));
  }
  if (std::find(revoked.begin(), revoked.end(), id.get<std::string>()) != revoked.end()) return is(CredentialVerdict::kRevoked);
  if (clr) {
    const json list = b["credentialSubject"].value("verifiableCredential", json::array());
    for (const json& one : list.is_array() ? list : json::array()) {
      // A record in a record is not what a CLR is: no deeper than this.
      CheckedCredential inner;
      if (one.is_string() && parse_jws(one.get<std::string>(), "").ok() && parse_jws(one.get<std::string>(), "")->payload.value("type", json()).dump().find("ClrCredential") == std::string::npos)
        inner = check_credential(one.get<std::string>(), keys, revoked, now_ms);
      c.bundled.push_back(std::move(inner));
    }
    for (const CheckedCredential& inner : c.bundled) {
      if (inner.verdict != CredentialVerdict::kGood) return is(inner.verdict, "one of the bundled credentials");
    }
  }
  return is(CredentialVerdict::kGood);
}

// ---------------------------------------------------------------- the register

Status log_credential(const IssuedCredential& e) {
  json j = {{"at", e.at_utc}, {"action", e.action}, {"id", e.id}, {"key", e.key_id}};
  for (const auto& [name, value] : {std::pair{"attempt", &e.attempt}, {"learner", &e.learner}, {"reason", &e.reason}}) {
    if (!value->empty()) j[name] = *value;
  }
  const std::string line = canonical(j) + "\n";
  const fs::path file = register_file();
  if (auto made = make_dirs(file.parent_path()); !made) return made;
  const int fd = open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
  const bool written = fd >= 0 && write(fd, line.data(), line.size()) == static_cast<ssize_t>(line.size()) && fsync(fd) == 0;
  const int err = errno;
  if (fd >= 0) close(fd);
  if (written) return ok();
  return Error{Code::kEnvironment, file.string(), std::string("cannot write the register: ") + std::strerror(err), "Nothing is issued that is not written down"};
}

Result<std::vector<IssuedCredential>> issued_credentials() {
  std::vector<IssuedCredential> all;
  std::error_code ec;
  const fs::path file = register_file();
  if (!fs::exists(file, ec)) return all;
  auto bytes = read_file(file);
  if (!bytes) return bytes.error();
  std::string_view rest = *bytes;
  for (size_t line = 1; !rest.empty(); ++line) {
    const size_t end = std::min(rest.find('\n'), rest.size());
    const json j = json::parse(rest.substr(0, end), nullptr, false);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (!j.is_object()) return Error{Code::kFailed, file.string() + ":" + std::to_string(line), "is damaged: the line is no entry of the register", ""};
    const auto text = [&](const char* name) {
      const json v = j.value(name, json());
      return v.is_string() ? v.get<std::string>() : std::string();
    };
    all.push_back({text("at"), text("id"), text("attempt"), text("learner"), text("key"), text("action"), text("reason")});
  }
  return all;
}

Result<std::string> publish_revocations(const School& school, const PrivateKey& key) {
  auto all = issued_credentials();
  if (!all) return all.error();
  json list = json::array();
  for (const IssuedCredential& e : *all) {
    if (e.action == "revoke") list.push_back({{"id", e.id}, {"revoked", true}, {"revocationReason", e.reason}});
  }
  return sign_jws(key, header_of(key), {{"id", school.revocations}, {"issuer", school.id}, {"v", "revocations"}, {"iat", utc_now_ms() / 1000}, {"revokedCredentials", list}});
}

Result<std::vector<std::string>> read_revocations(std::string_view text, const std::string& where, const std::vector<KnownKey>& keys) {
  auto jws = parse_jws(text, where);
  if (!jws) return jws.error();
  auto key = public_key_from_jwk(jws->header.value("jwk", json()));
  const KnownKey* school = key ? find_key_id(keys, key->id()) : nullptr;
  if (!school || school->role != KeyRole::kSchool || !school->revoked_utc.empty()) return Error{Code::kFailed, where, "the list is not signed by a school whose key is known here and good", ""};
  if (!verify_jws(*jws, school->key)) return Error{Code::kFailed, where, "the list was changed: its signature does not fit", ""};
  const json list = jws->payload.value("revokedCredentials", json());
  if (jws->payload.value("v", json()) != "revocations" || !list.is_array()) return Error{Code::kFailed, where, "is no list of revoked credentials", ""};
  std::vector<std::string> ids;
  for (const json& item : list) {
    if (const json id = item.is_object() ? item.value("id", json()) : json(); id.is_string()) ids.push_back(id.get<std::string>());
  }
  return ids;
}

// ---------------------------------------------------------------- PNG

namespace {

constexpr std::string_view kPngStart("\x89PNG\r\n\x1a\n", 8);

uint32_t big_endian(std::string_view s) { return static_cast<uint32_t>(static_cast<unsigned char>(s[0])) << 24 | static_cast<uint32_t>(static_cast<unsigned char>(s[1])) << 16 | static_cast<uint32_t>(static_cast<unsigned char>(s[2])) << 8 | static_cast<unsigned char>(s[3]); }

std::string big_endian(uint32_t v) { return {static_cast<char>(v >> 24), static_cast<char>(v >> 16 & 0xff), static_cast<char>(v >> 8 & 0xff), static_cast<char>(v & 0xff)}; }

struct PngScan {
  size_t end = 0;                 // where IEND begins
  std::vector<std::string> texts;  // bodies of iTXt chunks with our keyword
};

Result<PngScan> scan_png(std::string_view png, const std::string& where) {
  const Error bad{Code::kFailed, where, "is no whole PNG picture", ""};
  if (!png.starts_with(kPngStart)) return bad;
  PngScan scan;
  const std::string keyword = std::string(kPngKeyword) + '\0';
  for (size_t at = kPngStart.size(); at + 12 <= png.size();) {
    const uint32_t size = big_endian(png.substr(at, 4));
    if (size > png.size() - at - 12) return bad;
    const std::string_view type = png.substr(at + 4, 4), body = png.substr(at + 8, size);
    const std::string_view checked = png.substr(at + 4, size + 4);
    if (crc32_z(0, reinterpret_cast<const Bytef*>(checked.data()), checked.size()) != big_endian(png.substr(at + 8 + size, 4))) return bad;
    if (type == "IEND") {
      scan.end = at;
      return scan;
    }
    if (type == "iTXt" && body.starts_with(keyword)) scan.texts.emplace_back(body.substr(keyword.size()));
    at += size + 12;
  }
  return bad;
}

}  // namespace

Result<std::string> put_into_png(std::string_view png, const std::string& jwt, const std::string& where) {
  auto scan = scan_png(png, where);
  if (!scan) return scan.error();
  if (!scan->texts.empty()) return Error{Code::kFailed, where, "carries a credential already", "Use the picture without one"};
  // Keyword, not compressed, method 0, no language, no translated keyword (PNG specification, 11.3.4.5).
  const std::string chunk = "iTXt" + std::string(kPngKeyword) + std::string(5, '\0') + jwt;
  const auto crc = static_cast<uint32_t>(crc32_z(0, reinterpret_cast<const Bytef*>(chunk.data()), chunk.size()));
  std::string out(png.substr(0, scan->end));
  out += big_endian(static_cast<uint32_t>(chunk.size() - 4)) + chunk + big_endian(crc);
  out += png.substr(scan->end);
  return out;
}

Result<std::string> take_out_of_png(std::string_view png, const std::string& where) {
  auto scan = scan_png(png, where);
  if (!scan) return scan.error();
  if (scan->texts.size() != 1) return Error{Code::kFailed, where, scan->texts.empty() ? "carries no credential" : "carries more than one credential", ""};
  const std::string& text = scan->texts[0];
  if (!text.starts_with(std::string(4, '\0'))) return Error{Code::kFailed, where, "carries its credential compressed or translated: that is not allowed for a badge", ""};
  return text.substr(4);
}

}  // namespace shixun
