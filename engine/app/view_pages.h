#pragma once
// What the view module can show. Each returns when it is closed or done.

#include "engine/app/view.h"

namespace shixun {

Status show_program(const ViewRequest& request);  // the start page, or one exercise; then whatever the person chooses
Status show_replay(const ViewRequest& request);
Status write_shot(const ViewRequest& request);
Status write_model_shot(const ViewRequest& request);  // one model in a studio
Status write_shots(const ViewRequest& request);
Status show_doctor(const ViewRequest& request);  // prints; an error when no picture can be drawn here

}  // namespace shixun
