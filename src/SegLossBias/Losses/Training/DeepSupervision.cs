using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>Deep supervision: one loss for the outputs of a network at several resolutions.</summary>
/// <remarks>
/// For outputs i = 0, 1, … from the finest to the coarsest:
/// <code>
/// L = Σ_i w_i · loss(output_i, target_i),   w_i = 2^(−i) / Σ_j 2^(−j)
/// </code>
/// target_i is the target in the size of output i: labels, soft labels, weights of the pixels, maps and instances are all taken
/// from the nearest pixel, so that no labels are mixed and the ignore index stays what it is. Distances in pixels (<see cref="MapUnit.Pixels"/>) are multiplied by the
/// factor of the resizing: they are near to those of a map of the smaller labels, whose borders are others. Distances in mm stay as they are. A map that
/// a term reads as distances, as <see cref="Boundary"/>, <see cref="HausdorffDistance"/> and those with <see cref="LossTerm.DistanceMaps"/> of their own do, must say which of the two it has.
/// nnU-Net gives the coarsest output the weight 0 before it normalises: <see cref="SkipsCoarsest"/>. MONAI's <c>DeepSupervisionLoss</c> does not
/// normalise, and has no weight below 1/16. An output of weight 0 is not evaluated.
/// It holds no tensor and does not own the loss. Lee et al., arXiv:1409.5185; Isensee et al., nnU-Net.
/// </remarks>
/// <example><code>
/// var supervision = new DeepSupervision(new DiceCeLoss { Lambda = 1 }) { SkipsCoarsest = true };
/// using var loss = supervision.call(outputs, labels);
/// loss.backward();
/// </code></example>
public sealed class DeepSupervision
{
    /// <summary>The same loss for every output.</summary>
    /// <param name="loss">The loss.</param>
    public DeepSupervision(SegmentationLoss loss) => Loss = SettingCheck.NotNull(loss, nameof(loss));

    /// <summary>The loss of each output.</summary>
    public SegmentationLoss Loss { get; }

    /// <summary>w_i ≥ 0, from the finest output to the coarsest; null, the default, for 2^(−i).</summary>
    public IReadOnlyList<double>? Weights
    {
        get;
        init
        {
            if (value is not null && (value.Count == 0 || value.Any(weight => !(weight >= 0) || double.IsInfinity(weight)) || value.All(weight => weight == 0)))
            {
                throw new ArgumentException($"weights of outputs must be finite, not negative and not all 0, but they are {Shapes.Text(value)}; leave them out for 1, ½, ¼, ….", nameof(Weights));
            }

            field = value is null ? null : [.. value];
        }
    }

    /// <summary>Whether the weights are divided by their sum; true by default.</summary>
    public bool NormalizesWeights { get; init; } = true;

    /// <summary>Whether the coarsest of several outputs has the weight 0, as in nnU-Net; false by default.</summary>
    public bool SkipsCoarsest { get; init; }

    /// <summary>Whether outputs come from the coarsest to the finest; false, the default, for the finest first, as nnU-Net has them. Weights are always given finest first.</summary>
    public bool IsCoarsestFirst { get; init; }

    /// <summary>Which pixel of the target is the nearest; that at the centre by default.</summary>
    public NearestRule Resizing { get; init => field = SettingCheck.Defined(value); }

    /// <summary>The weighted sum over the outputs, differentiable.</summary>
    /// <param name="outputs">Logits [N, K, *] of several sizes.</param>
    /// <param name="target">Labels in any of these sizes, as a rule the finest, by themselves or with more.</param>
    /// <returns>A scalar; [N] with <c>Reduction.None</c>.</returns>
    /// <exception cref="ArgumentException">There is no output, they are in another order, a map of distances has no unit, or an input breaks the contract of the loss.</exception>
    public Tensor call(IReadOnlyList<Tensor> outputs, SegmentationTarget target)
    {
        using var scope = NewDisposeScope();
        return WeightedValues.Sum(Evaluate(outputs, ResizedFrom(target)).Select(part => (part.Weight, part.Value))).MoveToOuterDisposeScope();
    }

    /// <summary>The weighted sum and the value of each output, in the order of the outputs, for logging. Dispose the result.</summary>
    /// <param name="outputs">Logits [N, K, *] of several sizes.</param>
    /// <param name="target">Labels in any of these sizes, as a rule the finest, by themselves or with more.</param>
    /// <exception cref="ArgumentException">There is no output, they are in another order, or an input breaks the contract of the loss.</exception>
    public LossBreakdown Breakdown(IReadOnlyList<Tensor> outputs, SegmentationTarget target)
    {
        using var scope = NewDisposeScope();
        return WeightedValues.Breakdown(Loss.Name, "deep supervision", Evaluate(outputs, ResizedFrom(target)));
    }

    /// <summary>The same with a target for each output, as a data loader may make them: with maps of distances at each resolution, for example.</summary>
    /// <param name="outputs">Logits [N, K, *] of several sizes.</param>
    /// <param name="targets">A target for each, in its size.</param>
    /// <returns>A scalar; [N] with <c>Reduction.None</c>.</returns>
    /// <exception cref="ArgumentException">There is no output, they are in another order, there are more or fewer targets, or an input breaks the contract of the loss.</exception>
    public Tensor call(IReadOnlyList<Tensor> outputs, IReadOnlyList<SegmentationTarget> targets)
    {
        using var scope = NewDisposeScope();
        return WeightedValues.Sum(Evaluate(outputs, GivenBy(targets, outputs)).Select(part => (part.Weight, part.Value))).MoveToOuterDisposeScope();
    }

    /// <summary>The same with a target for each output.</summary>
    /// <param name="outputs">Logits [N, K, *] of several sizes.</param>
    /// <param name="targets">A target for each, in its size.</param>
    /// <exception cref="ArgumentException">There is no output, they are in another order, there are more or fewer targets, or an input breaks the contract of the loss.</exception>
    public LossBreakdown Breakdown(IReadOnlyList<Tensor> outputs, IReadOnlyList<SegmentationTarget> targets)
    {
        using var scope = NewDisposeScope();
        return WeightedValues.Breakdown(Loss.Name, "deep supervision", Evaluate(outputs, GivenBy(targets, outputs)));
    }

    private Func<int, long[], SegmentationTarget> ResizedFrom(SegmentationTarget target)
    {
        ArgumentNullException.ThrowIfNull(target);
        string[] distances = [.. Loss.Terms.SelectMany(term => term.Term.DistanceMaps).Distinct(StringComparer.Ordinal)];
        return (_, logits) => TargetResize.To(target, logits, Resizing, distances);
    }

    private static Func<int, long[], SegmentationTarget> GivenBy(IReadOnlyList<SegmentationTarget> targets, IReadOnlyList<Tensor> outputs)
    {
        ArgumentNullException.ThrowIfNull(targets);
        ArgumentNullException.ThrowIfNull(outputs);
        return targets.Count == outputs.Count
            ? (index, _) => targets[index]
            : throw new ArgumentException($"there must be one target for each output, but there are {targets.Count} targets and {outputs.Count} outputs; give as many, or the finest one alone.", nameof(targets));
    }

    private List<(string Name, double Weight, Tensor Value)> Evaluate(IReadOnlyList<Tensor> outputs, Func<int, long[], SegmentationTarget> target)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        var own = outputs.Select((output, index) => OwnHandle.On(output, $"outputs[{index}]")).ToArray();
        CheckOrder(own);
        var weights = WeightsOf(own.Length);
        var values = new List<(string, double, Tensor)>();
        for (var index = 0; index < own.Length; index++)
        {
            var weight = weights[IsCoarsestFirst ? own.Length - 1 - index : index];
            if (weight != 0)
            {
                var shape = own[index].shape;
                values.Add(($"output {index}, {string.Join('×', shape[2..])}", weight, Loss.call(own[index], target(index, shape))));
            }
        }

        return values;
    }

    /// <summary>w of each output, finest first.</summary>
    private double[] WeightsOf(int outputs)
    {
        if (Weights is not null && Weights.Count != outputs)
        {
            throw new ArgumentException($"there must be one weight for each output, but there are {Weights.Count} weights, {Shapes.Text(Weights)}, and {outputs} outputs; give as many.", nameof(outputs));
        }

        var weights = Weights?.ToArray() ?? [.. Enumerable.Range(0, outputs).Select(index => Math.Pow(2, -index))];
        if (SkipsCoarsest && outputs > 1)
        {
            weights[^1] = 0;
        }

        var sum = NormalizesWeights ? weights.Sum() : 1;
        return sum > 0
            ? [.. weights.Select(weight => weight / sum)]
            : throw new ArgumentException($"one output must count, but SkipsCoarsest leaves none of the weights {Shapes.Text(Weights!)}; set another one above 0.", nameof(outputs));
    }

    private void CheckOrder(Tensor[] outputs)
    {
        if (outputs.Length == 0 || outputs.Any(output => output.dim() < 3))
        {
            throw new ArgumentException($"deep supervision needs at least one output, each [N, K, *] with one to three spatial axes, but the shapes are {Shapes.Text(outputs.Select(output => Shapes.Text(output.shape)))}.", nameof(outputs));
        }

        var sizes = outputs.Select(output => Shapes.Product(output.shape.AsSpan(2))).ToArray();
        var ordered = IsCoarsestFirst ? sizes.Reverse() : sizes;
        if (ordered.Zip(ordered.Skip(1)).Any(pair => pair.Second > pair.First))
        {
            throw new ArgumentException(
                $"outputs must come from the {(IsCoarsestFirst ? "coarsest to the finest" : "finest to the coarsest")}, but their shapes are {Shapes.Text(outputs.Select(output => Shapes.Text(output.shape)))}; reverse them, or set IsCoarsestFirst to {(IsCoarsestFirst ? "false" : "true")}.",
                nameof(outputs));
        }
    }
}
