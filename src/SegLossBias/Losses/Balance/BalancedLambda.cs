using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>A λ that looks after itself: it holds the gradient of a penalty at a set share of that of the other terms.</summary>
/// <remarks>
/// Every n steps the gradients with respect to the logits z are measured: of the terms that have this λ, with λ = 1, and of all
/// others as they are weighted. Their norms are smoothed, and λ is set so that
/// <code>
/// λ = clamp(share · m / s, least, most)      m ← d·m + (1−d)·‖∂matching/∂z‖₂,  s ← d·s + (1−d)·‖∂penalty/∂z‖₂
/// </code>
/// with the first measurement as the start of m and s. A measurement that is not finite is left out. Where s is 0, λ stays. A fixed λ
/// is a number by itself; how strongly it pulls depends on τ, on the sizes of the regions and on how far the training is. This is ours
/// and not the paper's, which fixes λ (Liu et al., arXiv:2104.08717, App. C). It costs two more forward and backward passes of the
/// loss, not of the network, every n steps, and waits for the device there.
/// <para>
/// The loss takes <see cref="Schedule"/> as λ; a warm-up multiplies it, <c>Schedule.Linear(0, 1, 5) * (balance.Schedule * penalty)</c>,
/// and is not measured against. All that changes is <see cref="State"/>: keep it in the checkpoint, and a resumed run goes on as
/// if it had never stopped. One balance belongs to one loss.
/// </para>
/// </remarks>
/// <example><code>
/// var balance = new BalancedLambda { Share = 0.1 };
/// var loss = new RceL1Loss { Lambda = balance.Schedule };
/// // in each training step:
/// balance.Step(loss, logits, labels);
/// loss.call(logits, labels).backward();
/// </code></example>
public sealed class BalancedLambda
{
    private BalancedLambdaState? _state;

    /// <summary>Makes a balance with the settings given.</summary>
    public BalancedLambda() => Schedule = Schedule.Of(this);

    /// <summary>What the norm of the penalty's gradient is to be, over that of the other terms; &gt; 0, 0.1 by default.</summary>
    public double Share { get; init => field = SettingCheck.Positive(value, "the share of the gradient"); } = 0.1;

    /// <summary>d in [0, 1), dimensionless: how much of the smoothed norms a measurement keeps; 0.9 by default, 0 for none.</summary>
    public double Decay { get; init => field = SettingCheck.BelowOne(value, "the decay of a smoothed norm"); } = 0.9;

    /// <summary>Steps from one measurement to the next, ≥ 1; 10 by default.</summary>
    public int Every
    {
        get;
        init => field = value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(Every), value, "a measurement comes every so many steps, at least 1.");
    } = 10;

    /// <summary>λ is at least this, ≥ 0; 0 by default.</summary>
    public double Least { get; init => field = SettingCheck.NotNegative(value, "the least λ"); }

    /// <summary>λ is at most this, ≥ <see cref="Least"/>; 1 by default, the published λ of RCE(L1).</summary>
    public double Most { get; init => field = SettingCheck.NotNegative(value, "the largest λ"); } = 1;

    /// <summary>λ until the first measurement, ≥ 0; 0 by default.</summary>
    public double Initial { get; init => field = SettingCheck.NotNegative(value, "the initial λ"); }

    /// <summary>λ in force.</summary>
    public double Value => State.Value;

    /// <summary>λ as a loss takes it: <c>new RceL1Loss { Lambda = balance.Schedule }</c>.</summary>
    public Schedule Schedule { get; }

    /// <summary>Counters, smoothed norms and λ. Set it to go on where another run stopped.</summary>
    /// <exception cref="ArgumentException">A number is negative or not finite.</exception>
    public BalancedLambdaState State
    {
        get => _state ??= new(0, 0, 0, 0, Initial);
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            _state = value.IsValid ? value : throw new ArgumentException($"counters, norms and λ are finite and not negative, but the state is {value}; pass one that was read from State.", nameof(value));
        }
    }

    /// <summary>One training step: every <see cref="Every"/>th call, the first one too, measures and sets λ. Neither logits nor network get a gradient.</summary>
    /// <param name="loss">The loss that has <see cref="Schedule"/> as a λ, and other terms beside.</param>
    /// <param name="logits">[N,K,*] of the step.</param>
    /// <param name="target">Its labels, by themselves or with more.</param>
    /// <returns>Whether λ was set anew.</returns>
    /// <exception cref="ArgumentException">An input breaks the contract of the loss, or the loss has no term to balance or none to balance against.</exception>
    public bool Step(SegmentationLoss loss, Tensor logits, SegmentationTarget target)
    {
        ArgumentNullException.ThrowIfNull(loss);
        if (Most < Least)
        {
            throw new InvalidOperationException(FormattableString.Invariant($"the largest λ must not be below the least, but they are {Most} and {Least}; raise Most."));
        }

        var (penalty, matching) = (loss.Terms.Where(IsBalanced).ToArray(), loss.Terms.Where(term => !IsBalanced(term)).ToArray());
        if (penalty.Length == 0 || matching.Length == 0)
        {
            throw new ArgumentException($"a balance needs a term whose λ is its Schedule and one whose λ is not, but the terms of {loss.Name} are {string.Join(" + ", loss.Terms)}; set λ of the penalty to balance.Schedule.", nameof(loss));
        }

        var state = State;
        State = state with { Steps = state.Steps + 1 };
        return state.Steps % Every == 0 && Measure(
            Norm(loss, matching, logits, target),
            Norm(loss, penalty.Select(term => new WeightedTerm(1, term.Term)), logits, target));
    }

    private bool Measure(double matching, double penalty)
    {
        if (!double.IsFinite(matching) || !double.IsFinite(penalty))
        {
            return false;
        }

        var state = State;
        var decay = state.Measurements == 0 ? 0 : Decay;
        var (m, s) = ((decay * state.MatchingNorm) + ((1 - decay) * matching), (decay * state.PenaltyNorm) + ((1 - decay) * penalty));
        State = state with
        {
            Measurements = state.Measurements + 1,
            MatchingNorm = m,
            PenaltyNorm = s,
            Value = s == 0 ? state.Value : Math.Clamp(Share * m / s, Least, Most),
        };
        return s != 0;
    }

    private bool IsBalanced(WeightedTerm term) => ReferenceEquals(term.Lambda.Balance, this);

    private static double Norm(SegmentationLoss loss, IEnumerable<WeightedTerm> terms, Tensor logits, SegmentationTarget target)
    {
        using var part = loss.WithTerms(terms);
        return LossGradient.Norm(part, logits, target);
    }
}
