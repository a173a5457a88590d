#include "engine/records/page.h"

#include <fmt/format.h>

namespace shixun {

namespace {

constexpr const char* kStyle = R"(
@page { size: A4; margin: 14mm 12mm 16mm; }
* { box-sizing: border-box; }
body { margin: 0; background: #eef0f3; color: #1a1d22; font: 14px/1.5 "Noto Sans", "Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei", system-ui, sans-serif; }
section.report { max-width: 190mm; margin: 8mm auto; padding: 12mm; background: #fff; box-shadow: 0 1px 6px #0003; }
h1 { font-size: 22px; margin: 0 0 2px; } h2 { font-size: 16px; margin: 22px 0 6px; border-bottom: 2px solid #26425e; padding-bottom: 2px; break-after: avoid; }
p.sub { margin: 0 0 12px; color: #5a636e; }
.sum { display: flex; flex-wrap: wrap; gap: 8px 28px; align-items: baseline; margin: 8px 0 12px; padding: 10px 14px; background: #f3f6f9; border-left: 5px solid #26425e; }
.sum b { font-size: 26px; } .pass { color: #0d6b34; } .fail { color: #b3231b; }
table { width: 100%; border-collapse: collapse; margin: 0 0 10px; table-layout: fixed; }
th, td { text-align: left; vertical-align: top; padding: 3px 5px; border-bottom: 1px solid #d5dae0; overflow-wrap: anywhere; }
th { color: #45505c; font-weight: 600; background: #f3f6f9; } td.n, th.n { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
table.head th { width: 22%; } tr.group td { font-weight: 600; background: #e6ecf2; } tr.lost td:first-child { box-shadow: inset 3px 0 #b3231b; }
table.marks col.a { width: 25%; } table.marks col.m { width: 11%; } table.marks col.w { width: 21%; } table.marks col.e { width: 23%; } table.marks col.x { width: 20%; }
table.line col.t { width: 11%; } table.line col.d { width: 89%; }
.why { color: #45505c; } .id { color: #7a848f; font-size: 12px; } .mono { font-family: "DejaVu Sans Mono", monospace; font-size: 12px; }
.cited { background: #fff3cf; }
.lines { columns: 2; column-gap: 8mm; } .lines div { display: flex; gap: 8px; padding: 2px 4px; border-bottom: 1px solid #e3e7ec; break-inside: avoid; }
.lines time { flex: 0 0 5ch; font-variant-numeric: tabular-nums; color: #45505c; }
ul { margin: 4px 0 10px; padding-left: 20px; }
section.sheet { break-inside: avoid; } table.form td { height: 9mm; border: 1px solid #8a939e; vertical-align: middle; } .choice { display: inline-block; margin-right: 14px; } .unit { float: right; color: #45505c; }
thead { display: table-header-group; } tr { break-inside: avoid; } tr:nth-last-child(-n+3) { break-before: avoid; }
@media print {
  body { background: #fff; font-size: 9.5px; line-height: 1.35; } section.report { max-width: none; margin: 0; padding: 0; box-shadow: none; }
  section.report + section.report { break-before: page; } h1 { font-size: 18px; } h2 { font-size: 13px; margin-top: 14px; } .sum b { font-size: 20px; }
  th, td { padding: 2px 5px; } .terms { columns: 2; column-gap: 8mm; } .terms table { margin: 0; }
  th, tr.group td, .sum, .cited { -webkit-print-color-adjust: exact; print-color-adjust: exact; } .id, .mono { font-size: 9px; }
}
)";

}  // namespace

std::string esc(std::string_view s) {
  std::string out;
  for (const char c : s) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default: out += c;
    }
  }
  return out;
}

std::string points(int64_t mp) {
  const std::string sign = mp < 0 ? "−" : "";
  const int64_t a = std::abs(mp);
  std::string s = fmt::format("{}.{:03}", a / 1000, a % 1000);
  while (s.back() == '0') s.pop_back();
  if (s.back() == '.') s.pop_back();
  return sign + s;
}

std::string page(const std::string& title, Lang lang, const std::string& sections) {
  return "<!doctype html>\n<html lang=" + std::string(lang_tag(lang)) + "><head><meta charset=utf-8><meta name=viewport content=\"width=device-width\"><title>" + esc(title) + "</title><style>" + kStyle + "</style></head><body>\n" +
         sections + "</body></html>\n";
}

}  // namespace shixun
