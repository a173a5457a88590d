#pragma once
// What the words in our statements mean, for the keepers of stores and for those who read out of them: the verbs of ADL that are used and how, and the
// extensions and the attachment that are ours. One table; as an xAPI Profile (ADL, "xAPI Profiles Specification" 1.0) for programs and as a page for
// people. Whoever publishes statements puts both on the web.

#include <string>
#include <vector>

#include "engine/base/json.h"
#include "engine/base/text.h"

namespace shixun {

struct XapiTerm {
  enum class Kind { kVerb, kContextExtension, kResultExtension, kAttachment } kind;
  std::string iri;
  Text name, meaning;
  std::string value;  // of an extension: the type of its JSON value
};
const std::vector<XapiTerm>& xapi_terms();

nlohmann::json xapi_profile();                        // JSON-LD
std::string xapi_profile_html(const std::vector<Lang>& langs);  // a section for each

}  // namespace shixun
