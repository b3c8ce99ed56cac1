#pragma once

namespace teiten {

/// P(T ≥ t) of Student's t with `freedom` > 0 degrees of freedom.
double student_upper_tail(double t, double freedom);

/// The t with P(T ≥ t) = `tail`, 0 < tail < 1.
double student_quantile(double tail, double freedom);

}  // namespace teiten
