// SPDX-License-Identifier: GPL-3.0-or-later
// What most of a widget's compile time goes to, read once a library. Files still include what they use.
#pragma once

#include <QtWidgets/QtWidgets>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>
