#pragma once

#include <cmath>

namespace teiten {

/// Exponentially weighted mean of standardised residuals (Roberts 1959): adds up small shifts that
/// no single day shows. Starts from 0.
class Ewma {
 public:
  /// `weight` of the newest value, in (0, 1]. `shared` is the share of every residual's variance
  /// that all of them have in common (the error of the level they were measured against), in
  /// [0, 1): averaging does not take it away.
  explicit Ewma(double weight, double shared = 0.0) : weight_(weight), shared_(shared) {}

  void add(double residual) {
    value_ = weight_ * residual + (1.0 - weight_) * value_;
    remainder_ *= 1.0 - weight_;
  }
  void set_shared(double shared) { shared_ = shared; }
  double value() const { return value_; }
  /// Standard deviation of value() where residuals have one of 1:
  /// √(λ/(2−λ) · (1 − (1−λ)^2t)) without a shared part.
  double deviation() const {
    const double own = weight_ / (2.0 - weight_) * (1.0 - remainder_ * remainder_);
    const double common = (1.0 - remainder_) * (1.0 - remainder_);
    return std::sqrt((1.0 - shared_) * own + shared_ * common);
  }
  /// value() in units of its deviation; 0 before the first value.
  double score() const { return remainder_ == 1.0 ? 0.0 : value_ / deviation(); }

 private:
  double weight_;
  double shared_;
  double value_ = 0.0;
  double remainder_ = 1.0;  ///< (1−λ)^t
};

}  // namespace teiten
