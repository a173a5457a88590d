#include "engine/records/xapi_profile.h"

#include <fmt/format.h>

#include "engine/records/page.h"
#include "engine/records/xapi.h"

namespace shixun {

namespace {

using nlohmann::json;
using Kind = XapiTerm::Kind;

constexpr const char* kVersion = "1.1", *kVersionMade = "2026-11-23T00:00:00Z";  // both change whenever the table does

std::string product(const char* path) { return std::string(kProductIri) + path; }
std::string adl(const char* verb) { return std::string("http://adlnet.gov/expapi/verbs/") + verb; }

}  // namespace

const std::vector<XapiTerm>& xapi_terms() {
  static const std::vector<XapiTerm> terms = {
      {Kind::kVerb, adl("initialized"), {"开始", "initialized"}, {"学员开始一次作业。", "The trainee began an attempt."}, ""},
      {Kind::kVerb, adl("scored"), {"评分", "scored"}, {"一个评分要点的得分；在人工评分之后，也表示整次作业的合计得分。", "What one aspect was given; after people's marks also what the whole attempt comes to."}, ""},
      {Kind::kVerb, adl("completed"), {"完成", "completed"}, {"学习或练习作业做完并提交。", "A learning or practice attempt was carried through and handed in."}, ""},
      {Kind::kVerb, adl("passed"), {"合格", "passed"}, {"考核或竞赛作业达到合格线。", "An assessment or competition reached the pass mark."}, ""},
      {Kind::kVerb, adl("failed"), {"不合格", "failed"}, {"考核或竞赛作业未达到合格线，或未做完。", "An assessment or competition did not reach the pass mark, or was not carried through."}, ""},
      {Kind::kVerb, adl("terminated"), {"结束", "terminated"}, {"作业结束；证据日志（如附送）附于此语句。", "The attempt ended; its journal, where it is sent along, is attached here."}, ""},
      {Kind::kContextExtension, product("extensions/mode"), {"模式", "mode"}, {"demo、guided、practice、rehearsal、assessment、competition 或 visitor。", "demo, guided, practice, rehearsal, assessment, competition or visitor."}, "string"},
      {Kind::kContextExtension, product("extensions/evidence-sha256"), {"证据摘要", "evidence digest"}, {"证据日志最后一行的 SHA-256，哈希链由它确定整份日志。", "SHA-256 of the journal's last line, which by the hash chain names the whole journal."}, "string"},
      {Kind::kContextExtension, product("extensions/pack-sha256"), {"课程包摘要", "pack digest"}, {"课程包的 SHA-256。", "SHA-256 of the scenario pack."}, "string"},
      {Kind::kContextExtension, product("extensions/mapping-sha256"), {"映射表摘要", "mapping digest"}, {"作业开始时学校映射表的 SHA-256。", "SHA-256 of the school's mapping when the attempt began."}, "string"},
      {Kind::kContextExtension, product("extensions/marks-sha256"), {"人工评分摘要", "marks digest"}, {"所依据的人工评分记录最后一行的 SHA-256。", "SHA-256 of the last line of people's marks this statement rests on."}, "string"},
      {Kind::kContextExtension, product("extensions/seed"), {"随机种子", "seed"}, {"决定抽到何种情况的数，十进制。", "The number that decided what was so in the attempt, decimal."}, "string"},
      {Kind::kContextExtension, product("extensions/codes"), {"错误代码", "error codes"}, {"整次作业中记下的错误代码。", "Codes of the errors that were noted in the attempt."}, "array of strings"},
      {Kind::kContextExtension, product("extensions/engine"), {"程序版本", "program version"}, {"记录作业的程序版本。", "Version of the program that recorded the attempt."}, "string"},
      {Kind::kContextExtension, product("extensions/scorer"), {"评分器版本", "scorer version"}, {"评分规则实现的版本。", "Version of what applies the rules."}, "integer"},
      {Kind::kContextExtension, product("extensions/late"), {"迟到", "late"}, {"学习平台的会话已结束，结果改送此处；registration 为该平台的登记。", "The session of the LMS that launched it was over, so the result came here; the registration is the LMS's."}, "boolean"},
      {Kind::kContextExtension, product("extensions/ended"), {"结束时间", "end"}, {"作业关闭的时间（UTC）。", "When the attempt was closed, UTC."}, "string"},
      {Kind::kContextExtension, product("extensions/integrity-level"), {"可信等级", "integrity level"}, {"证据自称的等级：0 只有分数，1 有完整签名日志。接收方应自行核验。", "What the evidence claims: 0 a score only, 1 a whole signed log. For the receiver to verify."}, "integer"},
      {Kind::kResultExtension, product("extensions/criterion"), {"评分项", "criterion"}, {"要点所属的评分项。", "The criterion the aspect belongs to."}, "string"},
      {Kind::kResultExtension, product("extensions/lens"), {"视角", "lens"}, {"process（过程）或 outcome（结果）。", "process or outcome."}, "string"},
      {Kind::kResultExtension, product("extensions/events"), {"依据事件", "evidence events"}, {"得分所依据的日志事件序号。", "Sequence numbers of the journal's events the mark rests on."}, "array of integers"},
      {Kind::kResultExtension, product("extensions/codes"), {"错误代码", "error codes"}, {"此项扣分的错误代码。", "The code of the error that cost these points."}, "array of strings"},
      {Kind::kResultExtension, product("extensions/process-points"), {"过程分", "process points"}, {"总分中的过程分。", "Points of the total that are for the process."}, "number"},
      {Kind::kResultExtension, product("extensions/outcome-points"), {"结果分", "outcome points"}, {"总分中的结果分。", "Points of the total that are for the outcome."}, "number"},
      {Kind::kResultExtension, product("extensions/machine-points"), {"机评分", "machine's points"}, {"程序给出的分数，不因人工评分而改变。", "What the machine gave; people's marks never change it."}, "number"},
      {Kind::kResultExtension, product("extensions/people-points"), {"人工分", "people's points"}, {"评分人给出的分数。", "What people gave."}, "number"},
      {Kind::kResultExtension, product("extensions/open"), {"待评项", "still to be marked"}, {"尚待人工评分的要点。", "Aspects that people have still to mark."}, "array of strings"},
      {Kind::kResultExtension, product("extensions/disputes"), {"异议", "disputes"}, {"对机评分的异议：要点、机评分、提议分、提出人代号、理由。", "Marks of the machine that somebody holds wrong: aspect, machine, proposed, by (a pseudonym), reason."}, "array of objects"},
      {Kind::kResultExtension, product("extensions/mapping"), {"折算", "worth"}, {"按学校映射表折算的课程、学时、学分（百分之一）与等级。", "Course, hours and credits (in hundredths) and grade by the school's mapping."}, "object"},
      {Kind::kAttachment, product("attachments/journal"), {"证据日志", "journal"}, {"作业的全部证据：带哈希链与签名的 JSON 行文件。", "All the evidence of an attempt: JSON lines in a signed hash chain."}, ""},
  };
  return terms;
}

json xapi_profile() {
  const auto words = [](const Text& t) { return json{{"zh-CN", t.zh}, {"en", t.en}}; };
  const std::string id = product("profile"), version = id + "/" + kVersion;
  json concepts = json::array(), templates = json::array();
  for (const XapiTerm& t : xapi_terms()) {
    json term = {{"id", t.iri}, {"inScheme", version}, {"prefLabel", words(t.name)}, {"definition", words(t.meaning)}};
    if (t.kind == Kind::kVerb) {
      term["id"] = id + "/templates" + t.iri.substr(t.iri.rfind('/'));
      term["type"] = "StatementTemplate";
      term["verb"] = t.iri;
      templates.push_back(std::move(term));
      continue;
    }
    term["type"] = t.kind == Kind::kContextExtension ? "ContextExtension" : t.kind == Kind::kResultExtension ? "ResultExtension" : "AttachmentUsageType";
    concepts.push_back(std::move(term));
  }
  return {{"@context", "https://w3id.org/xapi/profiles/context"},
          {"id", id},
          {"type", "Profile"},
          {"conformsTo", "https://w3id.org/xapi/profiles#1.0"},
          {"prefLabel", {{"zh-CN", "实训"}, {"en", "Shixun"}}},
          {"definition", {{"zh-CN", "虚拟仿真实训的结果语句。"}, {"en", "Statements about attempts at virtual-simulation training."}}},
          {"author", {{"type", "Organization"}, {"name", "Shixun"}}},
          {"versions", json::array({{{"id", version}, {"generatedAtTime", kVersionMade}}})},
          {"concepts", std::move(concepts)},
          {"templates", std::move(templates)}};
}

std::string xapi_profile_html(const std::vector<Lang>& langs) {
  std::string sections;
  for (const Lang lang : langs) {
    const bool zh = lang == Lang::kZh;
    std::string s = fmt::format("<section class=report lang={}><h1>{}</h1><p class=sub>{} · {}</p>", lang_tag(lang), zh ? "实训的 xAPI 语句词汇" : "The words of Shixun's xAPI statements", product("profile"), kVersion);
    const auto table = [&](Kind kind, const char* title, bool typed) {
      s += fmt::format("<h2>{}</h2><table><tr><th style='width:44%'>IRI</th><th style='width:16%'>{}</th><th>{}</th>{}</tr>", title, zh ? "名称" : "name", zh ? "含义" : "meaning", typed ? fmt::format("<th style='width:14%'>{}</th>", zh ? "JSON 值" : "JSON value") : "");
      for (const XapiTerm& t : xapi_terms()) {
        if (t.kind == kind) s += fmt::format("<tr><td class=mono>{}</td><td>{}</td><td>{}</td>{}</tr>", esc(t.iri), esc(t.name.in(lang)), esc(t.meaning.in(lang)), typed ? "<td class=mono>" + esc(t.value) + "</td>" : "");
      }
      s += "</table>";
    };
    table(Kind::kVerb, zh ? "动词（ADL）" : "Verbs (ADL's)", false);
    table(Kind::kContextExtension, zh ? "情境扩展" : "Extensions of the context", true);
    table(Kind::kResultExtension, zh ? "结果扩展" : "Extensions of the result", true);
    table(Kind::kAttachment, zh ? "附件" : "Attachment", false);
    s += fmt::format("<p>{}</p></section>", zh ? "活动类型用 ADL 的 simulation（项目）与 objective（评分要点）。行为者是学校代号系统下的账号，绝不含姓名。"
                                               : "Activity types are ADL's simulation (an exercise) and objective (an aspect of its marks). The actor is an account under the school's system of pseudonyms, never a name.");
    sections += s;
  }
  return page("Shixun xAPI", langs.front(), sections);
}

}  // namespace shixun
