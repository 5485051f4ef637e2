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

    /// <summary>What the terms read when the loss was last evaluated directly.</summary>
    private RegionRequest? _request;

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
        var input = Check(logits, target);
        var total = Direct(input) ?? Evaluate(input, TermsInForce()).Total;

        // The caller may hold no other reference, and a finalizer must not free what native code reads.
        GC.KeepAlive(logits);
        GC.KeepAlive(target);
        return total.MoveToOuterDisposeScope();
    }

    /// <summary>The loss and what it is made of, for logging. Dispose the result.</summary>
    /// <param name="logits">[N,K,*] before softmax or sigmoid.</param>
    /// <param name="target">Labels; see the class.</param>
    /// <exception cref="ArgumentException">An input breaks the contract; the message says which and what to do.</exception>
    public LossBreakdown Breakdown(Tensor logits, Tensor target)
    {
        using var scope = NewDisposeScope();
        var terms = TermsInForce();
        var (total, values, implementation) = Evaluate(Check(logits, target), terms);
        var parts = terms.Zip(values, (term, value) =>
        {
            var raw = value.detach().to(total.dtype).clone();
            return new LossPart(term.Loss.Name, term.Lambda, raw.MoveToOuterDisposeScope(), raw.Times(term.Lambda).alias().MoveToOuterDisposeScope());
        }).ToArray();
        GC.KeepAlive(logits);
        GC.KeepAlive(target);
        return new LossBreakdown(Name, implementation, parts, total.MoveToOuterDisposeScope());
    }

    /// <summary>
    /// The loss without a tensor operation on its statistics. Null where it has to be made of tensors: with a term that
    /// has no <see cref="IDirectFormula"/> (one of the user's own) or with two focal sums, with a reduction that is not
    /// the mean, or where the statistics do not come from the fused pass.
    /// </summary>
    internal Tensor? Direct(SegmentationInput input)
    {
        if (DirectRequest() is not { } request || !RegionPrimitive.IsFused(input))
        {
            return null;
        }

        var (pass, numbers) = FusedPass.RunForNumbers(input, request);
        var (terms, total) = (TermsInForce(), 0.0);
        foreach (var (loss, lambda, _) in terms)
        {
            total += lambda * ((IDirectFormula)loss).Evaluate(numbers, lambda);
        }

        return FusedRegionFunction.Apply(new DirectValue(pass, total, ResultType(input), numbers.Gradient, again =>
            Sum(new RegionStatistics(RegionPrimitive.Composed(again), request.Statistics, Mode), terms, ResultType(again)).Total));
    }

    private static ScalarType ResultType(SegmentationInput input) =>
        input.Logits.dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32;

    private SegmentationInput Check(Tensor logits, Tensor target)
    {
        foreach (var term in Terms)
        {
            term.Loss.EnsureDefined(reduction);
        }

        return SegmentationInput.Check(logits, target, Mode, IgnoreIndex, ChecksLabels);
    }

    private (Tensor Total, Tensor[] Values, string Implementation) Evaluate(SegmentationInput input, TermInForce[] terms)
    {
        var regions = new RegionStatistics(input, AllStatistics());
        var (total, values) = Sum(regions, terms, ResultType(input));
        return (total, values, regions.Implementation);
    }

    private (Tensor Total, Tensor[] Values) Sum(RegionStatistics regions, TermInForce[] terms, ScalarType dtype)
    {
        var values = new Tensor[terms.Length];
        for (var index = 0; index < terms.Length; index++)
        {
            regions.Epoch = terms[index].Epoch;
            values[index] = terms[index].Loss.Reduce(regions, reduction);
        }

        var total = terms.Zip(values, (term, value) => value.Times(term.Lambda)).Aggregate((sum, value) => sum.Plus(value));
        return (total.to(dtype).alias(), values);
    }

    private TermInForce[] TermsInForce() => [.. Terms.Select(term => new TermInForce(term.Loss, term.Lambda.At(Epoch), term.Loss.Epoch))];

    /// <summary>All that the terms read, each once.</summary>
    private List<RegionStatistic> AllStatistics()
    {
        var statistics = new List<RegionStatistic>();
        foreach (var term in Terms)
        {
            foreach (var statistic in term.Loss.DeclaredStatistics)
            {
                if (!statistics.Contains(statistic))
                {
                    statistics.Add(statistic);
                }
            }
        }

        return statistics;
    }

    /// <summary>The one pass that a direct evaluation takes; null where there is none.</summary>
    private RegionRequest? DirectRequest()
    {
        if (reduction != Reduction.Mean || !Terms.All(term => term.Loss is IDirectFormula))
        {
            return null;
        }

        var (known, statistics) = (_request, AllStatistics());
        if (known is not null && known.Statistics.SequenceEqual(statistics))
        {
            return known;
        }

        // A smoothing outside of multiclass mode is an error that the tensors' way explains.
        var requests = RegionRequest.For(statistics);
        var isPossible = requests.Count == 1 && (Mode == SegmentationMode.Multiclass || statistics.TrueForAll(statistic => statistic.Smoothing == 0));
        return isPossible ? _request = requests[0] : null;
    }

    /// <summary>A term with its weight and its epoch at the time of a call.</summary>
    private readonly record struct TermInForce(RegionLoss Loss, double Lambda, int Epoch);
}
