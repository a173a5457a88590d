// shixunctl credential: what a learner takes along. Issuing is an authorised person's act: it needs the school's key.

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "engine/app/ctl.h"
#include "engine/base/json.h"
#include "engine/records/clock.h"
#include "engine/records/credential.h"
#include "engine/records/pack_shelf.h"
#include "engine/records/store.h"
#include "engine/records/verify.h"

namespace shixun {

namespace {

using nlohmann::json;

struct Options {
  std::string journal, out, school, mapping, pack, key, passphrase_file, image, holder, reason, id, lang = "zh-CN", revocations;
  std::vector<std::string> files;
  bool as_json = false, pdf = false;
  bool zh() const { return lang != "en"; }
};

struct Signer {
  School school;
  PrivateKey key;
};

Result<Signer> signer(const Options& o, const std::vector<KnownKey>& keys) {
  auto school = load_school(o.school);
  if (!school) return school.error();
  const KnownKey* own = own_key(keys, KeyRole::kSchool, o.key);
  if (!own) return Error{Code::kFailed, "", "there is no school key on this machine: credentials are issued where it is", "shixunctl keys create school --name NAME"};
  auto key = unlock(*own, o.passphrase_file);
  if (!key) return key.error();
  return Signer{std::move(*school), std::move(*key)};
}

int issue(const Options& o) {
  auto keys = read_keys();
  if (!keys) return report(keys.error());
  auto path = journal_named(o.journal);
  if (!path) return report(path.error());
  // A school puts its name to nothing that it cannot prove.
  PackShelf shelf(o.pack);
  Verification v = verify_journal(*path, *keys, shelf);
  if (!v.good() || v.level < 1) {
    fmt::print(stderr, "{}", verification_text(v, o.zh() ? Lang::kZh : Lang::kEn));
    return report({Code::kFailed, path->string(), "is not evidence that a credential can rest on", ""});
  }
  CredentialContent content{*v.journal, std::nullopt, {}, std::nullopt};
  const JournalHeader& h = content.journal.header;
  auto found = shelf.get(h, path->string());
  if (!found) return report(found.error());
  auto marks = read_marks(*path, content.journal);
  if (!marks) return report(marks.error());
  auto people = judgement_of(*found->pack, *found->exercise, content.journal, *marks, marks_path(*path).string());
  if (!people) return report(people.error());
  content.marks = std::move(marks->records);
  for (const MarkRecord& m : content.marks) {
    if (const Text& title = found->pack->text("role." + m.role); !title.en.empty()) content.roles[m.role] = title;
  }
  if (!people->empty()) content.people = std::move(*people);
  MappingLoad mapping = load_school_mapping(o.mapping);
  if (!mapping.errors.empty()) return report(mapping.errors.front());
  if (mapping.mapping) {
    const Marksheet sheet = content.people ? content.people->sheet : grade(*found->pack, *found->exercise, h.mode, h.seed, content.journal.events);
    content.mapped = mapped_result(*mapping.mapping, h.exercise, h.mode, sheet.total_mp, sheet.max_mp, sheet.active_ms, sheet.finished && !sheet.open);
  }
  auto image = o.image.empty() ? Result<std::string>(std::string()) : read_file(o.image, 16u << 20);
  if (!image) return report(image.error());
  auto with = signer(o, *keys);
  if (!with) return report(with.error());
  auto before = issued_credentials();
  if (!before) return report(before.error());
  const int64_t now = utc_now_ms();
  json made = json::array();
  for (const Lang lang : {Lang::kZh, Lang::kEn}) {
    auto c = issue_credential(content, with->school, with->key, lang, now);
    if (!c) return report(c.error());
    const bool revoked = std::any_of(before->begin(), before->end(), [&](const IssuedCredential& e) { return e.id == c->id && e.action == "revoke"; });
    if (revoked) return report({Code::kFailed, h.attempt, "this credential was revoked: it cannot be issued again", ""});
    const fs::path folder = o.out, stem = folder / (h.attempt + "." + lang_tag(lang));
    std::vector<std::pair<std::string, std::string>> files = {{stem.string() + ".jwt", c->jwt + "\n"}, {stem.string() + ".html", certificate_html(*c, with->school, o.holder, h.trainee)}};
    if (!image->empty()) {
      auto badge = put_into_png(*image, c->jwt, o.image);
      if (!badge) return report(badge.error());
      files.emplace_back(stem.string() + ".png", std::move(*badge));
    }
    if (auto logged = log_credential({format_utc(now), c->id, h.attempt, c->learner, with->key.public_key().id(), "issue", ""}); !logged) return report(logged.error());
    json names = json::array();
    for (const auto& [name, bytes] : files) {
      if (auto s = write_file(name, bytes); !s) return report(s.error());
      names.push_back(name);
      if (!o.as_json) fmt::print("{}\n", name);
    }
    if (o.pdf) {
      if (auto s = print_pdf(stem.string() + ".html", stem.string() + ".pdf"); !s) return report(s.error());
      names.push_back(stem.string() + ".pdf");
      if (!o.as_json) fmt::print("{}\n", stem.string() + ".pdf");
    }
    made.push_back({{"id", c->id}, {"learner", c->learner}, {"lang", lang_tag(lang)}, {"files", names}});
  }
  if (o.as_json) fmt::print("{}\n", canonical({{"attempt", h.attempt}, {"credentials", made}}));
  return 0;
}

int bundle(const Options& o) {
  auto keys = read_keys();
  if (!keys) return report(keys.error());
  std::vector<std::string> jwts;
  for (const std::string& file : o.files) {
    auto bytes = read_file(file, 4u << 20);
    if (!bytes) return report(bytes.error());
    jwts.push_back(bytes->substr(0, bytes->find_last_not_of("\r\n") + 1));
  }
  auto with = signer(o, *keys);
  if (!with) return report(with.error());
  const int64_t now = utc_now_ms();
  auto clr = issue_clr(jwts, with->school, with->key, o.zh() ? Lang::kZh : Lang::kEn, now);
  if (!clr) return report(clr.error());
  const json body = parse_jws(*clr, "clr")->payload;
  if (auto logged = log_credential({format_utc(now), body.at("id"), "", body.at("sub"), with->key.public_key().id(), "issue", ""}); !logged) return report(logged.error());
  if (auto s = write_file(o.out, *clr + "\n"); !s) return report(s.error());
  fmt::print("{}\n", o.as_json ? canonical({{"id", body.at("id")}, {"file", o.out}}) : o.out);
  return 0;
}

std::string line_of(const CheckedCredential& c, bool zh) {
  const Lang lang = zh ? Lang::kZh : Lang::kEn;
  std::string out = credential_verdict_text(c.verdict).in(lang);
  if (!c.detail.empty()) out += zh ? "（" + c.detail + "）" : " (" + c.detail + ")";
  return out;
}

int verify(const Options& o) {
  auto keys = read_keys();
  if (!keys) return report(keys.error());
  std::vector<std::string> revoked;
  if (!o.revocations.empty()) {
    auto bytes = read_file(o.revocations, 4u << 20);
    if (!bytes) return report(bytes.error());
    auto ids = read_revocations(*bytes, o.revocations, *keys);
    if (!ids) return report(ids.error());
    revoked = std::move(*ids);
  } else if (auto register_ = issued_credentials()) {  // where they were issued it is known without a list
    for (const IssuedCredential& e : *register_) {
      if (e.action == "revoke") revoked.push_back(e.id);
    }
  }
  int worst = 0;
  for (const std::string& file : o.files) {
    auto bytes = read_file(file, 20u << 20);
    if (!bytes) return report(bytes.error());
    auto text = bytes->starts_with("\x89PNG") ? take_out_of_png(*bytes, file) : Result<std::string>(*bytes);
    if (!text) return report(text.error());
    const CheckedCredential c = check_credential(*text, *keys, revoked, utc_now_ms());
    if (c.verdict != CredentialVerdict::kGood) worst = 1;
    if (o.as_json) {
      fmt::print("{}\n", canonical({{"file", file}, {"verdict", credential_verdict_name(c.verdict)}, {"detail", c.detail}, {"issuer_key", c.issuer_key}, {"says", c.body}}));
      continue;
    }
    fmt::print("{}: {}\n", file, line_of(c, o.zh()));
    if (c.verdict != CredentialVerdict::kGood) continue;
    const auto text_at = [&](const char* pointer) {
      const json::json_pointer p(pointer);
      const json v = c.body.contains(p) ? c.body.at(p) : json();
      return v.is_string() ? v.get<std::string>() : std::string();
    };
    if (c.body.value("v", json()) == "certificate")
      fmt::print(fmt::runtime(o.zh() ? "  证书：{}，{} / {}，学员代号 {}\n" : "  certificate: {}, {} of {}, pseudonym {}\n"), text_at("/exercise"), text_at("/total"), text_at("/max"), text_at("/holder"));
    else fmt::print("  {}: {}\n", text_at("/issuer/name"), text_at("/name"));
    fmt::print(fmt::runtime(o.zh() ? "  学校密钥 {}\n" : "  key of the school {}\n"), c.issuer_key);
    if (!c.bundled.empty()) fmt::print(fmt::runtime(o.zh() ? "  含 {} 份证书，均有效\n" : "  {} credentials in it, all good\n"), c.bundled.size());
    if (o.revocations.empty()) fmt::print("{}", o.zh() ? "  未给出撤销清单：只查了本机登记（--revocations 文件）\n" : "  no list of revocations was given: only what is registered here was looked at (--revocations FILE)\n");
  }
  return worst;
}

int revoke(const Options& o) {
  auto all = issued_credentials();
  if (!all) return report(all.error());
  const auto issued = std::find_if(all->begin(), all->end(), [&](const IssuedCredential& e) { return e.id == o.id && e.action == "issue"; });
  if (issued == all->end()) return report({Code::kFailed, "", "no credential '" + o.id.substr(0, 64) + "' was issued here", "shixunctl credential list"});
  if (std::any_of(all->begin(), all->end(), [&](const IssuedCredential& e) { return e.id == o.id && e.action == "revoke"; })) return report({Code::kUsage, "", "it is revoked already", ""});
  if (o.reason.empty() || o.reason.size() > 200 || !is_clean_utf8(o.reason) || o.reason.find_first_of("\r\n\t") != std::string::npos) return report({Code::kUsage, "--reason", "a reason is one line of at most 200 bytes", ""});
  auto s = log_credential({format_utc(utc_now_ms()), o.id, issued->attempt, issued->learner, issued->key_id, "revoke", o.reason});
  return s ? 0 : report(s.error());
}

int list(const Options& o) {
  auto all = issued_credentials();
  if (!all) return report(all.error());
  for (const IssuedCredential& e : *all) {
    if (o.as_json) fmt::print("{}\n", canonical({{"at", e.at_utc}, {"action", e.action}, {"id", e.id}, {"attempt", e.attempt}, {"learner", e.learner}, {"reason", e.reason}}));
    else fmt::print("{}  {:<6}  {}  {}{}\n", e.at_utc.substr(0, 19), e.action == "issue" ? (o.zh() ? "颁发" : "issue") : (o.zh() ? "撤销" : "revoke"), e.id, e.attempt, e.reason.empty() ? "" : "  " + e.reason);
  }
  return 0;
}

int publish(const Options& o) {
  auto keys = read_keys();
  if (!keys) return report(keys.error());
  auto with = signer(o, *keys);
  if (!with) return report(with.error());
  auto text = publish_revocations(with->school, with->key);
  if (!text) return report(text.error());
  auto s = write_file(o.out, *text + "\n");
  return s ? 0 : report(s.error());
}

}  // namespace

void add_credential(CLI::App& app, int& exit_code) {
  auto o = std::make_shared<Options>();
  auto* cmd = app.add_subcommand("credential", "Open Badges 3.0 credentials and certificates: issue, bundle, verify, revoke");
  cmd->require_subcommand(1);
  const auto common = [&](CLI::App* c, auto run) {
    c->add_flag("--json", o->as_json, "Print JSON objects");
    add_lang(c, o->lang);
    c->callback([=, &exit_code] { exit_code = run(*o); });
  };
  const auto signing = [&](CLI::App* c) {
    c->add_option("--school", o->school, "Who issues (default: school.yaml in the config folder)");
    c->add_option("--key", o->key, "Name of the school key, if there are several");
    add_passphrase_file(c, o->passphrase_file);
  };
  auto* c = cmd->add_subcommand("issue", "A passed assessment as a credential (.jwt) and a certificate to print (.html), in both languages. The evidence is proved first");
  c->add_option("journal", o->journal, "A journal file, or an attempt's id on this machine")->required();
  c->add_option("--out", o->out, "Folder to write into")->required();
  c->add_option("--image", o->image, "Also a badge: this PNG picture with the credential in it");
  c->add_flag("--pdf", o->pdf, "The certificate as a PDF file, too (needs the program weasyprint)");
  c->add_option("--holder", o->holder, "The name to print on the certificate (default: the pseudonym); it goes nowhere else");
  c->add_option("--mapping", o->mapping, "The school's mapping.yaml (default: the one in the config folder, if there is one)");
  c->add_option("--pack", o->pack, "The pack it was made with (default: found by the name in the journal)");
  signing(c);
  common(c, issue);
  c = cmd->add_subcommand("bundle", "Several credentials of one learner as a CLR 2.0 record");
  c->add_option("files", o->files, "The .jwt files")->required();
  c->add_option("--out", o->out, "File to write")->required();
  signing(c);
  common(c, bundle);
  c = cmd->add_subcommand("verify", "Whether credentials, badges, records or the text of a certificate's code are good; exit 1 and why when one is not. Needs no network");
  c->add_option("files", o->files, ".jwt, .png, or a code's text in a file")->required();
  c->add_option("--revocations", o->revocations, "The school's list, as `credential revocations` wrote it");
  common(c, verify);
  c = cmd->add_subcommand("revoke", "Take one back; it cannot be issued again");
  c->add_option("id", o->id, "Its id, urn:uuid:...")->required();
  c->add_option("--reason", o->reason, "Why, in one line")->required();
  common(c, revoke);
  common(cmd->add_subcommand("list", "The register: what was issued and revoked here, and when"), list);
  c = cmd->add_subcommand("revocations", "The signed list of revoked credentials, to publish");
  c->add_option("--out", o->out, "File to write")->required();
  signing(c);
  common(c, publish);
}

}  // namespace shixun
