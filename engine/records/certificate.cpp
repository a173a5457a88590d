// The certificate of a credential: one page of A4, in one language, that needs nothing but itself.

#include <fmt/format.h>
#include <qrencode.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>

#include "engine/records/credential.h"

namespace shixun {

namespace {

using nlohmann::json;

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '<') out += "&lt;";
    else if (c == '>') out += "&gt;";
    else if (c == '&') out += "&amp;";
    else if (c == '"') out += "&quot;";
    else out += c;
  }
  return out;
}

// The code as one path of unit squares, with the quiet zone of four modules that scanners need.
std::string qr_svg(const std::string& text) {
  const std::unique_ptr<QRcode, decltype(&QRcode_free)> code(QRcode_encodeString8bit(text.c_str(), 0, QR_ECLEVEL_L), QRcode_free);
  if (!code) return "";  // longer than any code holds; a seal is not
  std::string path;
  for (int y = 0; y < code->width; ++y) {
    for (int x = 0; x < code->width; ++x) {
      if (code->data[y * code->width + x] & 1) path += fmt::format("M{} {}h1v1h-1z", x + 4, y + 4);
    }
  }
  const int size = code->width + 8;
  return fmt::format(R"(<svg class="qr" viewBox="0 0 {0} {0}" shape-rendering="crispEdges" role="img"><rect width="{0}" height="{0}" fill="#fff"/><path d="{1}" fill="#000"/></svg>)", size, path);
}

constexpr const char* kStyle = R"(
@page { size: A4; margin: 0 }
* { box-sizing: border-box; margin: 0 }
body { background: #e9e9e6; font: 11pt/1.5 "Noto Serif CJK SC", "Source Han Serif SC", "Noto Serif", "Songti SC", SimSun, Georgia, serif; color: #1d2530 }
.page { position: relative; width: 210mm; height: 296mm; margin: 0 auto; background: #fff; overflow: hidden }
.frame { position: absolute; top: 11mm; right: 11mm; bottom: 11mm; left: 11mm; border: 1.2pt solid #1f4e79; padding: 15mm 18mm }
.inner { position: absolute; top: 2mm; right: 2mm; bottom: 2mm; left: 2mm; border: .4pt solid #1f4e79 }
.school { text-align: center; font-size: 14pt; letter-spacing: .08em; color: #1f4e79 }
h1 { text-align: center; font-size: 29pt; line-height: 1.3; font-weight: 600; letter-spacing: .12em; margin: 5mm 0 2.5mm; white-space: nowrap }
html[lang=en] h1 { letter-spacing: 0; font-size: 25pt }
.rule { width: 34mm; height: 1.2pt; background: #b8892f; margin: 0 auto 7mm }
.say { text-align: center; font-size: 12pt }
.holder { text-align: center; font-size: 22pt; font-weight: 600; margin: 2mm 0 3mm; overflow-wrap: anywhere }
.what { text-align: center; font-size: 17pt; font-weight: 600; color: #1f4e79; margin: 2mm 0 6mm }
table { width: 100%; border-collapse: collapse; font-size: 10.5pt }
td { padding: 1.5mm 2mm; border-top: .4pt solid #c9ced6; vertical-align: baseline }
tr:last-child td { border-bottom: .4pt solid #c9ced6 }
td:first-child { width: 42mm; color: #5a6675; white-space: nowrap }
.score b { font-size: 14pt }
.small { font-size: 8pt; overflow-wrap: anywhere }
.foot { position: absolute; right: 18mm; bottom: 11mm; left: 18mm; height: 50mm }
.qr { position: absolute; left: -3mm; width: 50mm; height: 50mm }
.sign { position: absolute; top: 14mm; right: 0; width: 62mm; text-align: center; font-size: 10pt; color: #5a6675; border-top: .6pt solid #5a6675; padding-top: 1mm }
.check { position: absolute; bottom: 1.5mm; left: 54mm; right: 0; font-size: 7.5pt; line-height: 1.45; color: #5a6675; overflow-wrap: anywhere }
.check b { color: #1d2530; font-weight: 600 }
@media print { body { background: none } .page { margin: 0 } }
)";

}  // namespace

std::string certificate_html(const Credential& c, const School& school, const std::string& holder, const std::string& pseudonym) {
  const bool zh = c.lang == Lang::kZh;
  const json& subject = c.body.at("credentialSubject");
  const json& about = subject.at("achievement");
  const auto value = [&](std::string_view name) -> std::string {
    for (const json& r : subject.at("result")) {
      if (r.at("resultDescription").get<std::string>().ends_with("/results/" + std::string(name))) return r.at("value").get<std::string>();
    }
    return "";
  };
  std::string rows;
  const auto row = [&](const char* zh_name, const char* en_name, const std::string& text, const char* kind = "") {
    if (!text.empty()) rows += fmt::format("<tr><td>{}</td><td{}>{}</td></tr>\n", zh ? zh_name : en_name, kind, text);
  };
  std::string max;
  for (const json& d : about.at("resultDescription")) {
    if (d.contains("valueMax")) max = d["valueMax"].get<std::string>();
  }
  row("成绩", "Score",
      fmt::format(fmt::runtime(zh ? "<b>{}</b> / {}（过程 {}，结果 {}）" : "<b>{}</b> of {} (process {}, outcome {})"), escaped(value("total")), escaped(max), escaped(value("process")), escaped(value("outcome"))), " class=\"score\"");
  row("等级", "Grade", escaped(value("grade")));
  if (about.contains("fieldOfStudy")) {
    std::string course = escaped(about["fieldOfStudy"].get<std::string>());
    for (const json& tag : about.at("tag")) course += (zh ? "，" : ", ") + escaped(tag.get<std::string>());
    row("课程", "Course", course);
    row("学时 / 折合学分", "Hours / worth credits", fmt::format("{} / {:g}", escaped(value("hours")), about.at("creditsAvailable").get<double>()));
    row("依据", "By the mapping", escaped(about.at("specialization").get<std::string>()));
  }
  row("考核内容", "What was asked", escaped(about.at("criteria").at("narrative").get<std::string>()));
  if (c.body.at("evidence").size() > 1) row("人工评分", "Marked by", escaped(c.body["evidence"][1].at("narrative").get<std::string>()), " class=\"small\"");
  row("颁发日期", "Issued", escaped(c.body.at("validFrom").get<std::string>().substr(0, 10)));
  if (c.body.contains("validUntil")) row("有效期至", "Valid until", escaped(c.body["validUntil"].get<std::string>().substr(0, 10)));
  const std::string title = zh ? "实训考核合格证书" : "Certificate of Assessed Training";
  return fmt::format(
      "<!doctype html>\n<html lang=\"{}\"><head><meta charset=\"utf-8\"><title>{} – {}</title><style>{}</style></head><body><div class=\"page\"><div class=\"frame\"><div class=\"inner\"></div>\n"
      "<div class=\"school\">{}</div><h1>{}</h1><div class=\"rule\"></div>\n<div class=\"say\">{}</div><div class=\"holder\">{}</div>\n<div class=\"say\">{}</div><div class=\"what\">{}</div>\n<table>{}</table>\n"
      "<div class=\"foot\">{}<div class=\"sign\">{}</div><div class=\"check\">{}<br><b>{}</b><br>{}<br>{}</div></div>\n</div></div></body></html>\n",
      lang_tag(c.lang), title, escaped(about.at("name").get<std::string>()), kStyle, escaped(school.name.in(c.lang)), title, zh ? "兹证明" : "This is to certify that",
      escaped(holder.empty() ? pseudonym : holder), zh ? "在虚拟仿真实训考核中合格完成" : "has passed, in virtual training under assessment,", escaped(about.at("name").get<std::string>()), rows,
      qr_svg(c.seal), zh ? "学校（盖章）" : "For the school",
      zh ? "用学校公钥离线核验：扫描二维码，把得到的文字存为文件，运行 shixunctl credential verify 文件。" : "To check this without a network: scan the code, save its text as a file, and run shixunctl credential verify FILE with the school's public key.",
      escaped(c.id), escaped(c.body.at("evidence").at(0).at("id").get<std::string>()), fmt::format(fmt::runtime(zh ? "学员代号 {}" : "Pseudonym {}"), escaped(pseudonym)));
}

Status print_pdf(const fs::path& html, const fs::path& pdf) {
  std::error_code ec;
  const std::string from = fs::absolute(html, ec).string(), to = fs::absolute(pdf, ec).string();
  std::string program = "weasyprint", quiet = "--quiet";
  char* const args[] = {program.data(), quiet.data(), const_cast<char*>(from.c_str()), const_cast<char*>(to.c_str()), nullptr};
  pid_t child = 0;
  if (const int err = posix_spawnp(&child, args[0], nullptr, nullptr, args, environ); err != 0)
    return Error{Code::kEnvironment, to, std::string("weasyprint, which makes PDF files, cannot be started: ") + std::strerror(err), "Install the Debian package weasyprint, or print the page from a browser: " + from};
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0 || !fs::exists(pdf, ec)) return Error{Code::kEnvironment, to, "weasyprint did not make it", "Print the page from a browser: " + from};
  return ok();
}

}  // namespace shixun
