using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace SegLossBias;

/// <summary>
/// What all losses share. Each is a module (logits, target) → scalar, a drop-in for <c>torch.nn.CrossEntropyLoss</c>.
/// </summary>
/// <remarks>
/// <list type="bullet">
/// <item>logits [N,K,*] before softmax or sigmoid, spatial rank 1 to 3, float16, bfloat16, float32 or float64, any strides.</item>
/// <item>target, any integer dtype or bool, on the same device: class indices [N,*] or [N,1,*]; one-hot [N,K,*] in multiclass mode; [N,K,*] of 0 and 1 in multilabel mode.</item>
/// <item>Pixels whose label is the ignore index change neither value nor gradient. An image, or a batch, without valid pixels counts 0 with zero gradient.</item>
/// <item>The value is float32, float64 for float64 logits; the gradient has the dtype of the logits. A NaN in a valid pixel gives NaN.</item>
/// <item><c>Reduction.Mean</c> is the formula of the loss; <c>Sum</c> adds it up instead, over pixels for cross-entropy (with its class weights) and focal, over images for the others; <c>None</c> gives [N], for each image the value of that image.</item>
/// </list>
/// </remarks>
public abstract class SegmentationLoss : Loss<Tensor, Tensor, Tensor>
{
    private int _epoch;

    private protected SegmentationLoss(string name, SegmentationMode mode, long? ignoreIndex, Reduction reduction)
        : base(reduction)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        if (!Enum.IsDefined(mode))
        {
            throw new ArgumentOutOfRangeException(nameof(mode), mode, "the mode must be Multiclass, Binary or Multilabel.");
        }

        if (!Enum.IsDefined(reduction))
        {
            throw new ArgumentOutOfRangeException(nameof(reduction), reduction, "the reduction must be Mean, Sum or None.");
        }

        Name = name;
        Mode = mode;
        IgnoreIndex = ignoreIndex;
    }

    /// <summary>The name in the paper, as it appears in logs.</summary>
    public string Name { get; }

    /// <summary>How the logits are read.</summary>
    public SegmentationMode Mode { get; }

    /// <summary>The label of pixels to leave out; null when there is none.</summary>
    public long? IgnoreIndex { get; }

    /// <summary>The epoch, counted from 0, at which schedules of λ and τ are read. Set it at the start of each epoch.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The epoch is negative.</exception>
    public virtual int Epoch
    {
        get => _epoch;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            _epoch = value;
        }
    }

    /// <summary>
    /// Whether a label that is neither a class nor the ignore index is an error (the default). The check makes a GPU wait
    /// for the host; false spares that, and such pixels are left out like ignored ones.
    /// </summary>
    public bool ChecksLabels { get; set; } = true;

    /// <summary>The terms and their weights; a simple loss is its own only term, with λ = 1.</summary>
    private protected abstract IReadOnlyList<WeightedTerm> Terms { get; }

    /// <summary>The loss. Differentiable with respect to the logits.</summary>
    /// <param name="logits">[N,K,*] before softmax or sigmoid.</param>
    /// <param name="target">Labels; see the class.</param>
    /// <returns>A scalar; [N] with <c>Reduction.None</c>.</returns>
    /// <exception cref="ArgumentException">An input breaks the contract; the message says which and what to do.</exception>
    public sealed override Tensor forward(Tensor logits, Tensor target)
    {
        using var scope = NewDisposeScope();
        var (total, _, _) = Evaluate(logits, target);
        return total.MoveToOuterDisposeScope();
    }

    /// <summary>The loss and what it is made of, for logging. Dispose the result.</summary>
    /// <param name="logits">[N,K,*] before softmax or sigmoid.</param>
    /// <param name="target">Labels; see the class.</param>
    /// <exception cref="ArgumentException">An input breaks the contract; the message says which and what to do.</exception>
    public LossBreakdown Breakdown(Tensor logits, Tensor target)
    {
        using var scope = NewDisposeScope();
        var (total, values, implementation) = Evaluate(logits, target);
        var parts = Terms.Zip(values, (term, value) =>
        {
            var lambda = term.Lambda.At(Epoch);
            var raw = value.detach().to(total.dtype).clone();
            return new LossPart(term.Loss.Name, lambda, raw.MoveToOuterDisposeScope(), raw.Times(lambda).alias().MoveToOuterDisposeScope());
        });
        return new LossBreakdown(Name, implementation, [.. parts], total.MoveToOuterDisposeScope());
    }

    private (Tensor Total, Tensor[] Values, string Implementation) Evaluate(Tensor logits, Tensor target)
    {
        foreach (var term in Terms)
        {
            term.Loss.EnsureDefined(reduction);
        }

        var input = SegmentationInput.Check(logits, target, Mode, IgnoreIndex, ChecksLabels);
        var regions = new RegionStatistics(input, [.. Terms.SelectMany(term => term.Loss.DeclaredStatistics).Distinct()]);
        var values = Terms.Select(term => term.Loss.Reduce(regions, reduction)).ToArray();
        var total = Terms.Zip(values, (term, value) => value.Times(term.Lambda.At(Epoch))).Aggregate((sum, value) => sum.Plus(value));

        // The caller may hold no other reference, and a finalizer must not free what native code reads.
        GC.KeepAlive(logits);
        GC.KeepAlive(target);
        return (total.to(logits.dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32).alias(), values, regions.Implementation);
    }
}
