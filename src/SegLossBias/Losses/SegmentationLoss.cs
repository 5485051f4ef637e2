using System.Diagnostics.CodeAnalysis;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace SegLossBias;

/// <summary>
/// A weighted sum of terms as a module (logits, target) → scalar, a drop-in for <c>torch.nn.CrossEntropyLoss</c>.
/// </summary>
/// <remarks>
/// <code>L = Σ_j λ_j · term_j</code>
/// <list type="bullet">
/// <item>logits [N,K,*] before softmax or sigmoid, spatial rank 1 to 3, float16, bfloat16, float32 or float64, any strides.</item>
/// <item>target, on the same device. Integers or bools: class indices [N,*] or [N,1,*]; one-hot [N,K,*] in multiclass mode; [N,K,*] of 0 and 1 in multilabel mode. Floats: soft labels in [0, 1], [N,K,*], in binary mode also [N,*]; masks of 0 and 1 are soft labels too, as <c>BCEWithLogitsLoss</c> takes them.</item>
/// <item>A <see cref="SegmentationTarget"/> adds weights of the pixels, maps and instances.</item>
/// <item>Pixels whose label is the ignore index change neither value nor gradient. Where labels are soft the ignore index stands in all channels of exclusive classes, or in the entry of a channel on its own. One that the dtype cannot hold is never met. An image, or a batch, without valid pixels counts 0 with zero gradient.</item>
/// <item>The value is float32, float64 for float64 logits; the gradient has the dtype of the logits. A NaN in a valid pixel gives NaN, and so does +∞ before a softmax. −∞ there is a class of probability 0; before a sigmoid ±∞ is a probability of 1 or 0.</item>
/// <item><c>Mean</c> is the formula of the loss. <c>Sum</c> is its numerator: a sum over pixels for cross-entropy (with its class weights) and focal, over images for all others. <c>None</c> returns one value per image, [N].</item>
/// <item>Dispose the value after backward. A kept value keeps its logits in memory, and a second backward adds the gradient again, with or without <c>retain_graph</c>: TorchSharp neither frees what a node written in C# saved nor tells it of <c>retain_graph</c>.</item>
/// </list>
/// The statistics that the terms need are gathered once for all. A loss holds no tensor: it works with logits on any device.
/// Settings cannot change once the loss is made; only <see cref="Epoch"/> does, and a λ that is a <see cref="BalancedLambda"/>.
/// Liu et al., arXiv:2104.08717, Eq. 7.
/// </remarks>
/// <example><code>
/// var loss = new SegmentationLoss(new CrossEntropy() + 0.5 * new Dice() + new RegionSizeL1()) { IgnoreIndex = 255 };
/// </code></example>
[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)]
public class SegmentationLoss : Loss<Tensor, Tensor, Tensor>
{
    private readonly LossSum? _sum;
    private LossPlan? _plan;
    private int _epoch;

    /// <summary>The call that is on its way through the hooks of this thread: whose, and its target.</summary>
    [ThreadStatic]
    private static (SegmentationLoss Loss, SegmentationTarget Target)? _passedOn;

    /// <summary>The call of this thread that is under way, and what its forward returned: a hook that throws after it leaves it to nobody.</summary>
    [ThreadStatic]
    private static (SegmentationLoss? Loss, Tensor? Value) _underWay;

    /// <summary>A loss of these terms.</summary>
    /// <param name="terms">One term, or a sum such as <c>new CrossEntropy() + 0.1 * new Dice()</c>.</param>
    public SegmentationLoss(LossSum terms)
        : this(SettingCheck.NotNull(terms, nameof(terms)).ToString()) => _sum = terms;

    private protected SegmentationLoss(string name)
        : base(Reduction.Mean) => Name = name;

    /// <summary>The name in logs.</summary>
    /// <exception cref="ArgumentException">It is empty.</exception>
    public string Name
    {
        get;
        init
        {
            ArgumentException.ThrowIfNullOrWhiteSpace(value);
            field = value;
        }
    }

    /// <summary>How the logits are read; multiclass by default.</summary>
    public SegmentationMode Mode { get; init => field = SettingCheck.Defined(value); }

    /// <summary>The label of pixels to leave out; null, the default, when there is none.</summary>
    public long? IgnoreIndex { get; init; }

    /// <summary>
    /// More labels of pixels to leave out, beside <see cref="IgnoreIndex"/>; none by default. Where there are several in all, a call
    /// copies the labels once.
    /// </summary>
    public IReadOnlyList<long> IgnoreIndices { get; init => field = [.. SettingCheck.NotNull(value)]; } = [];

    /// <summary>How values are joined; the mean by default.</summary>
    public Reduction Reduction { get; init => field = SettingCheck.Defined(value); } = Reduction.Mean;

    /// <summary>The same as <see cref="Reduction"/>. Seen as TorchSharp's base class, a loss always says the mean: what that class keeps cannot be set by name.</summary>
    public new Reduction reduction => Reduction;

    /// <summary>The epoch, counted from 0, at which schedules of λ and τ are read. Set it at the start of each epoch.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The epoch is negative.</exception>
    public int Epoch
    {
        get => _epoch;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            _epoch = value;
        }
    }

    /// <summary>
    /// Whether a label, a soft label or a weight that may not be is an error (the default).
    /// The check makes a GPU wait for the host; false spares that, and such pixels are left out like ignored ones.
    /// </summary>
    public bool ChecksLabels { get; init; } = true;

    /// <summary>The terms and their weights.</summary>
    public IReadOnlyList<WeightedTerm> Terms => OwnTerms;

    /// <summary>All labels to leave out.</summary>
    internal long[] Ignored => field ??= IgnoredLabels.Of(IgnoreIndex, IgnoreIndices);

    /// <summary>The same; those of a compound are its properties.</summary>
    private protected virtual IReadOnlyList<WeightedTerm> OwnTerms => _sum!.Terms;

    /// <summary>The loss. Differentiable with respect to the logits.</summary>
    /// <param name="logits">[N,K,*] before softmax or sigmoid.</param>
    /// <param name="target">Labels; see the class.</param>
    /// <returns>A scalar; [N] with <c>Reduction.None</c>.</returns>
    /// <exception cref="ArgumentException">An input breaks the contract; the message says which and what to do.</exception>
    /// <exception cref="InvalidOperationException">Settings contradict each other; the message says which.</exception>
    public sealed override Tensor forward(Tensor logits, Tensor target)
    {
        ArgumentNullException.ThrowIfNull(target);

        // What a target has beside labels does not go through TorchSharp's modules and hooks, which pass tensors.
        var isPassedOn = _passedOn is { } call && call.Loss == this;
        var whole = isPassedOn ? _passedOn!.Value.Target.WithLabels(target) : new SegmentationTarget(target);
        _passedOn = isPassedOn ? null : _passedOn;
        var value = forward(logits, whole);
        if (_underWay.Loss == this)
        {
            _underWay.Value ??= value;
        }

        return value;
    }

    /// <summary>The loss of a target with more than labels: pixel weights, maps, instances.</summary>
    /// <param name="logits">[N,K,*] before softmax or sigmoid.</param>
    /// <param name="target">Labels and more.</param>
    /// <returns>A scalar; [N] with <c>Reduction.None</c>.</returns>
    /// <exception cref="ArgumentException">An input breaks the contract; the message says which and what to do.</exception>
    /// <exception cref="InvalidOperationException">Settings contradict each other; the message says which.</exception>
    public Tensor forward(Tensor logits, SegmentationTarget target)
    {
        using var scope = NewDisposeScope();
        var total = Evaluation(logits, target).Total();

        // The caller may hold no other reference, and a finalizer must not free what native code reads.
        GC.KeepAlive(logits);
        GC.KeepAlive(target);
        return total.MoveToOuterDisposeScope();
    }

    /// <summary>The loss, with the hooks of the module.</summary>
    /// <param name="logits">[N,K,*] before softmax or sigmoid.</param>
    /// <param name="target">Labels; see the class.</param>
    /// <returns>A scalar; [N] with <c>Reduction.None</c>.</returns>
    public new Tensor call(Tensor logits, Tensor target)
    {
        var outer = _underWay;
        _underWay = (this, null);
        try
        {
            return base.call(logits, target);
        }
        catch
        {
            _underWay.Value?.Dispose();
            throw;
        }
        finally
        {
            _underWay = outer;
        }
    }

    /// <summary>The loss of a target with more than labels, with the hooks of the module: they see the labels, and may replace them.</summary>
    /// <param name="logits">[N,K,*] before softmax or sigmoid.</param>
    /// <param name="target">Labels and more.</param>
    /// <returns>A scalar; [N] with <c>Reduction.None</c>.</returns>
    public Tensor call(Tensor logits, SegmentationTarget target)
    {
        ArgumentNullException.ThrowIfNull(target);
        var outer = _passedOn;
        _passedOn = (this, target);
        try
        {
            return call(logits, target.Labels);
        }
        finally
        {
            _passedOn = outer;
        }
    }

    /// <summary>The loss and what it is made of, for logging. Dispose the result.</summary>
    /// <param name="logits">[N,K,*] before softmax or sigmoid.</param>
    /// <param name="target">Labels, by themselves or with more; see the class.</param>
    /// <exception cref="ArgumentException">An input breaks the contract; the message says which and what to do.</exception>
    /// <exception cref="InvalidOperationException">Settings contradict each other; the message says which.</exception>
    public LossBreakdown Breakdown(Tensor logits, SegmentationTarget target)
    {
        using var scope = NewDisposeScope();
        var breakdown = Evaluation(logits, target).Breakdown(Name);
        GC.KeepAlive(logits);
        GC.KeepAlive(target);
        return breakdown;
    }

    /// <summary>
    /// The loss of each pixel, differentiable: what its mean is made of, weights of classes and pixels multiplied in, 0 where ignored.
    /// In multilabel mode the channels of a pixel are added up. Defined where every term is a mean over pixels, such as
    /// cross-entropy and focal. On the CPU, the usual losses of hard labels and a softmax, such as cross-entropy and the focal loss with
    /// γ = 2, need one pass over the logits and keep one number for each pixel. All else is made of tensor operations, with several
    /// temporaries of the size of the logits. <see cref="Reduction"/> does not matter; <c>reduction='none'</c> of PyTorch gives the same.
    /// </summary>
    /// <param name="logits">[N,K,*] before softmax or sigmoid.</param>
    /// <param name="target">Labels, by themselves or with more; see the class.</param>
    /// <returns>[N,*], float32, or float64 for float64 logits.</returns>
    /// <exception cref="ArgumentException">An input breaks the contract; the message says which and what to do.</exception>
    /// <exception cref="InvalidOperationException">A term is no mean over pixels, or settings contradict each other.</exception>
    public Tensor PerPixel(Tensor logits, SegmentationTarget target)
    {
        using var scope = NewDisposeScope();
        var values = Evaluation(logits, target).PerPixel();
        GC.KeepAlive(logits);
        GC.KeepAlive(target);
        return values.MoveToOuterDisposeScope();
    }

    /// <summary>The name and all settings.</summary>
    public override string ToString() => SettingsText.Of(Name, GetType(), this, _sum is null ? null : $"Terms = {string.Join(" + ", Terms.Select(term => $"{term.Lambda}·{term.Term}"))}");

    /// <summary>A loss of these terms with the settings and the epoch of this one.</summary>
    internal SegmentationLoss WithTerms(IEnumerable<WeightedTerm> terms) => new(new LossSum(terms))
    {
        Mode = Mode, IgnoreIndex = IgnoreIndex, IgnoreIndices = IgnoreIndices, Reduction = Reduction, ChecksLabels = ChecksLabels, Epoch = Epoch,
    };

    /// <summary>The terms made ready for an input, and the input with what they read.</summary>
    internal (LossPlan Plan, SegmentationInput Input) Prepare(Tensor logits, SegmentationTarget target)
    {
        var input = SegmentationInput.Of(logits, target, Mode, Ignored, ChecksLabels);
        var channels = checked((int)input.Classes);
        var plan = Plan(channels, _plan?.Instances ?? 1);
        input = input.Read(plan.Maps, plan.ReadsInstances);
        if (plan.ReadsInstances && plan.Instances != input.InstanceCount)
        {
            plan = Plan(channels, input.InstanceCount);
        }

        return (plan, input);
    }

    private LossEvaluation Evaluation(Tensor logits, SegmentationTarget target)
    {
        var (plan, input) = Prepare(logits, target);
        return new(plan, Reduction, input);
    }

    /// <summary>The plan in force; made anew where the number of channels, the epoch, the room for instances, a balanced λ or a user's term may have changed it.</summary>
    internal LossPlan Plan(int channels, int instances)
    {
        var (known, epoch) = (_plan, Epoch);
        if (known is not null && known.Channels == channels && known.Epoch == epoch && known.Instances == instances && known.HasCurrentLambdas)
        {
            return known;
        }

        var plan = new LossPlan(Terms, Reduction, Mode, channels, epoch, instances);
        _plan = plan.IsFixed ? plan : null;
        return plan;
    }
}
