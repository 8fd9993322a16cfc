#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "model/numerics/philox.hpp"
#include "model/simulate/clocks.hpp"
#include "model/simulate/layout.hpp"
#include "model/simulate/preference.hpp"
#include "model/simulate/tally.hpp"
#include "model/simulate/trace.hpp"

namespace haplan::model {

/// One random path of a system: discrete events, each of which changes only what depends on it. Value type: a copy
/// goes on independently once it is given a stream of its own. The layout must outlive it.
///   cost  O(log entities + changed gates) per event, no allocation
class Process {
 public:
  /// At time 0, nothing failed; the load level and the drains in a random phase of their long-run state.
  Process(const Layout& layout, std::uint64_t seed, std::uint64_t path);

  /// Events up to that time of the path.
  void play(double until);
  /// Nothing has failed, is recovering or drained, and chains are in the state they began with. Load levels may be in any
  /// state.
  [[nodiscard]] bool all_well() const { return failed_ == 0; }
  /// Up to the next time that all_well() begins again; nothing where nothing can fail.
  void play_cycle();
  /// The same with failures made likelier, as long as no service has gone down since the call: while something is out, one
  /// more failure (of any element that works or chain that is well, or the start of a drain) is pushed with probability `push`, but
  /// nothing is pushed by what fails by itself again and again while something else is out; and with that probability
  /// the first failure is that of any element or chain. Which one: a fifth of the chances is even, the others follow the
  /// preference. Tallies are weighted with the likelihood ratio, which begins with 1 at each call.
  ///   push  in [0, 1)
  ///   preference  of as many entities as choices() says, or of none
  ///   target  the service whose fall ends the bias; none: that of any
  void play_cycle_biased(double push, const Preference& preference = Preference(),
                         std::optional<ServiceId> target = std::nullopt);
  /// How many different failures the bias chooses from.
  [[nodiscard]] std::size_t choices() const { return slots_.ages + 1; }
  /// What had failed when the last biased cycle saw its first fall; empty if it saw none.
  [[nodiscard]] const std::vector<std::uint32_t>& fell_with() const { return fell_with_; }
  /// Fresh randomness from here on: pending exponential times are drawn again.
  void restream(std::uint64_t path);

  [[nodiscard]] const Tally& tally() const { return tally_; }
  void clear_tally();
  [[nodiscard]] double now() const { return origin_ + now_; }
  [[nodiscard]] bool service_up(ServiceId service) const { return service_up_[service] != 0; }
  /// What every event is told to; empty: nobody. A copy tells the same.
  void trace(TraceSink sink) { sink_ = std::move(sink); }

 private:
  struct Slots {  // entities that have a clock, after the elements
    std::uint32_t chains, ages, ramps, primaries, pods, level_up, level_back, ramp_step, drain,
        window, count;
  };
  enum class Counted : std::uint8_t { no, yes };

  // process.cpp
  static Slots slots_of(const Layout& layout);
  void start();
  void step();
  void dispatch(std::uint32_t slot);
  void finish(Counted counted);
  void commit(Counted counted, const std::vector<bool>* services = nullptr);
  void settle();
  void close_window();
  void rebase();

  // process_biased.cpp
  [[nodiscard]] double exposed_rate(std::uint32_t slot) const;
  [[nodiscard]] bool has_failed(std::uint32_t choice) const;
  [[nodiscard]] std::uint32_t slot_of(std::uint32_t choice) const;
  void find_failed();
  [[nodiscard]] double usual_outage(std::uint32_t choice) const;
  [[nodiscard]] double push_of_failed(double push);
  bool weigh_choices(const Preference& preference);
  std::uint32_t choose();
  std::uint32_t first_to_fail(std::uint32_t natural, double push, const Preference& preference);

  // process_elements.cpp
  void fail(std::uint32_t element);
  void repair(std::uint32_t element);
  double back_off(std::uint32_t replica, double outage);
  void take_effect(std::uint32_t element, bool up);
  void misroute(std::uint32_t element, const ElementMode& mode);
  void set_gate_inputs(std::uint32_t element, bool up);
  void add_bad(std::uint32_t gate, int by);
  void replica_bad(std::uint32_t replica, int by);
  void set_counts(std::uint32_t component, int need, int replicas);
  void check_need(std::uint32_t component);
  void move_chain(std::uint32_t chain);
  void connect();
  double exponential(std::uint32_t slot, double mean);

  // process_places.cpp
  void set_reach(std::uint32_t node);
  void update_place(std::uint32_t replica);
  void update_places(std::uint32_t node);
  void update_credit();
  void node_changed(std::uint32_t node, bool up);
  void domain_changed(std::uint32_t domain, bool up);
  void age_node(std::uint32_t node);
  void place_drained();
  void freeze(std::uint32_t replica, bool frozen);

  // process_calendar.cpp
  void start_calendar();
  void leave_level();
  void arrive_at(LevelId level);
  void enter_level(LevelId level);
  void return_from_level();
  void apply_level();
  void begin_ramp(std::uint32_t ramp);
  void set_ramp(std::uint32_t ramp, bool is_short);
  void toggle_ramp(std::uint32_t ramp);
  void schedule_ramp(std::uint32_t ramp);
  void play_ramp_steps();
  void drain_event();
  void begin_drain(std::uint32_t node, double elapsed);
  void schedule_drain();

  // process_failover.cpp
  void check_primaries();
  void end_failover(std::uint32_t primary);
  void failover_due(std::uint32_t primary);

  // process_pods.cpp
  enum class Pod : std::uint8_t { running, starting, pending };
  void node_lost(std::uint32_t node);
  void node_returned(std::uint32_t node);
  void place_new(std::uint32_t replica);
  void keep_spread(std::uint32_t component, int keep);
  [[nodiscard]] bool exists(std::uint32_t replica) const;
  void pod_due(std::uint32_t replica);
  void evict(std::uint32_t replica);
  void set_pod(std::uint32_t replica, Pod pod, std::uint32_t place, double due);
  void bind(std::uint32_t replica, double delay);
  void bind_pending();
  void drain_pods();
  void return_pods(std::uint32_t node);
  [[nodiscard]] bool may_evict(std::uint32_t replica) const;
  [[nodiscard]] std::uint32_t choose_node(std::uint32_t replica) const;
  [[nodiscard]] bool fits(std::uint32_t component, std::uint32_t node) const;
  [[nodiscard]] bool may_hold(std::uint32_t component, std::uint32_t node) const;
  double draw_notice();

  // process_trace.cpp
  void traced(std::uint32_t slot);
  void describe(std::uint32_t slot, LevelId level, std::uint32_t drained, TraceEvent& event) const;

  const Layout* layout_;
  Slots slots_;
  std::uint64_t seed_;
  std::vector<PhiloxStream> streams_;  ///< per slot, and one for the bias
  Clocks clocks_;
  double origin_ = 0.0;  ///< [s] of the path at local time 0
  double now_ = 0.0;     ///< [s] local
  double last_ = 0.0;    ///< [s] local, up to which the tally goes
  std::int64_t failed_ = 0;

  std::vector<std::uint8_t> up_;           ///< per element
  std::vector<std::uint8_t> active_;       ///< per element: counts at this level
  std::vector<std::uint32_t> mode_of_;     ///< per element: of its last failure
  std::vector<int> gate_bad_;              ///< per gate
  std::vector<std::uint8_t> service_now_;  ///< as the gates say
  std::vector<std::uint8_t> service_up_;   ///< as the tally knows
  std::vector<std::uint32_t> gate_service_;
  bool dirty_ = false;
  bool network_dirty_ = false;
  std::vector<std::uint8_t> connected_;  ///< per connected gate
  std::vector<std::uint32_t> union_;     ///< per vertex
  std::vector<std::uint32_t> chain_state_;
  std::vector<std::uint32_t> chain_home_;  ///< the state in which a chain is well

  std::vector<std::uint8_t> bad_;    ///< per replica: reasons why it does not serve
  std::vector<int> serving_;         ///< per component
  std::vector<int> need_;            ///< per component
  std::vector<int> count_;           ///< per component
  std::vector<std::uint8_t> short_;  ///< per component: fewer serve than needed

  std::vector<std::uint32_t> place_;     ///< per replica: node
  std::vector<std::uint8_t> place_bad_;  ///< per replica
  std::vector<int> blocked_;             ///< per node: domains around it that are down
  std::vector<std::uint8_t> reachable_;  ///< per node
  std::vector<std::uint32_t> age_;       ///< per node: stage of its outage
  std::uint32_t unreachable_ = 0;        ///< nodes
  std::uint32_t unreachable_sum_ = 0;    ///< of their numbers
  std::uint32_t credited_ = kNowhere;    ///< node whose replicas run elsewhere
  std::uint32_t credited_age_ = 0;

  std::vector<double> notice_;          ///< per node: [s] its loss is noticed late, by the mean
  std::vector<double> restarted_;       ///< per replica: [s] local
  std::vector<int> crashes_;            ///< per replica: in a row
  std::vector<Pod> pod_;                ///< per replica, where replicas are really placed
  std::vector<std::uint8_t> due_;       ///< per replica: it waits for leave to be evicted
  std::vector<std::uint32_t> primary_;  ///< per primary: its replica
  std::vector<std::uint8_t>
      recovering_;  ///< per primary: 1 failing over, 2 waiting for an instance
  bool primaries_dirty_ = false;
  bool planned_ = false;  ///< what happens now is the start of a drain

  LevelId level_ = 0;
  double arrived_ = 0.0;      ///< [s] local
  std::vector<double> gap_;   ///< per level: time in the level below until it is entered
  std::vector<double> stay_;  ///< per level: time left in it
  std::vector<std::uint8_t> ramp_short_;
  std::vector<double> ramp_next_;  ///< per ramp: time in the level at which it changes
  std::vector<double> ramp_then_;  ///< and once more
  std::size_t ramp_at_ = 0;        ///< next step of the level's entry
  std::uint32_t drained_ = kNowhere;
  std::uint32_t drain_stage_ = 0;
  std::uint32_t drain_turn_ = 0;
  double drain_began_ = 0.0;  ///< [s] local

  double weight_ = 1.0;
  double push_rate_ = 0.0;  ///< [1/s] of failures that the bias adds
  bool fallen_ = false;     ///< what the bias is for has happened in this cycle
  bool even_ways_ = false;  ///< chains leave a state by rare ways more often than they do
  std::optional<ServiceId> target_;
  std::vector<double> chances_;  ///< per choice of the bias, adding up to 1; 0: it cannot fail now
  std::vector<std::uint32_t> failed_now_;  ///< choices that have failed
  std::vector<double> pushes_;  ///< [1/s] per choice that has failed; negative: it pushes nothing
  std::vector<double>
      pushed_until_;  ///< [s] local: the end of what has failed, when its push was chosen
  std::vector<std::uint32_t> fell_with_;

  Tally tally_;
  std::vector<double> window_down_;
  TraceSink sink_;
  std::uint32_t last_mode_ = 0;  ///< of the last failure
};

}  // namespace haplan::model
