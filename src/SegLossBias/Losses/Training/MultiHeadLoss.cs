using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>One scalar for a network with several heads, such as organs, vessels and a boundary.</summary>
/// <remarks>
/// <code>L = Σ_h w_h · loss_h(logits_h, target_h)</code>
/// Each head has logits, a target and a loss of its own; modes, classes, ignore index and sizes may differ. A head whose pixels are all ignored
/// adds 0 with zero gradient, so that a batch may lack the labels of a head. It holds no tensor and does not own the losses.
/// </remarks>
/// <example><code>
/// var heads = new MultiHeadLoss(
///     new LossHead("organs", new DiceCeLoss { IgnoreIndex = 255 }),
///     new LossHead("vessels", new SegmentationLoss(new CenterlineDice()) { Mode = SegmentationMode.Binary }, 0.5));
/// using var loss = heads.call(
///     new Dictionary&lt;string, Tensor&gt; { ["organs"] = organLogits, ["vessels"] = vesselLogits },
///     new Dictionary&lt;string, SegmentationTarget&gt; { ["organs"] = organLabels, ["vessels"] = vesselLabels });
/// </code></example>
public sealed class MultiHeadLoss
{
    /// <summary>The sum over these heads.</summary>
    /// <param name="heads">At least one; each name once.</param>
    /// <exception cref="ArgumentException">There is none, a name occurs twice, or their losses have several reductions.</exception>
    public MultiHeadLoss(params LossHead[] heads)
    {
        ArgumentNullException.ThrowIfNull(heads);
        if (heads.Length == 0 || heads.Contains(null) || heads.Select(head => head.Name).Distinct(StringComparer.Ordinal).Count() != heads.Length)
        {
            throw new ArgumentException($"there must be at least one head, none of them null and each name once, but they are {Shapes.Text(heads.Select(head => head?.Name ?? "null"))}; give each a name of its own.", nameof(heads));
        }

        if (heads.Select(head => head.Loss.Reduction).Distinct().Count() != 1)
        {
            throw new ArgumentException($"all heads must have one reduction, or their values cannot be added, but they have {Shapes.Text(heads.Select(head => head.Loss.Reduction))}; set Reduction alike.", nameof(heads));
        }

        Heads = [.. heads];
    }

    /// <summary>The heads.</summary>
    public IReadOnlyList<LossHead> Heads { get; }

    /// <summary>Sets the epoch of the losses of all heads, counted from 0.</summary>
    /// <param name="epoch">At which schedules are read.</param>
    /// <exception cref="ArgumentOutOfRangeException">The epoch is negative.</exception>
    public void SetEpoch(int epoch)
    {
        foreach (var head in Heads)
        {
            head.Loss.Epoch = epoch;
        }
    }

    /// <summary>The weighted sum over the heads, differentiable.</summary>
    /// <param name="logits">The logits of every head by its name, and no others.</param>
    /// <param name="targets">The target of every head by its name; others are not read.</param>
    /// <returns>A scalar; [N] with <c>Reduction.None</c>.</returns>
    /// <exception cref="ArgumentException">Logits or a target are missing, or there are logits of no head, or an input breaks the contract of its loss.</exception>
    public Tensor call(IReadOnlyDictionary<string, Tensor> logits, IReadOnlyDictionary<string, SegmentationTarget> targets)
    {
        using var scope = NewDisposeScope();
        return WeightedValues.Sum(Evaluate(logits, targets).Select(part => (part.Weight, part.Value))).MoveToOuterDisposeScope();
    }

    /// <summary>The weighted sum and the value of each head by its name, for logging. Dispose the result.</summary>
    /// <param name="logits">The logits of every head by its name, and no others.</param>
    /// <param name="targets">The target of every head by its name; others are not read.</param>
    /// <exception cref="ArgumentException">Logits or a target are missing, or there are logits of no head, or an input breaks the contract of its loss.</exception>
    public LossBreakdown Breakdown(IReadOnlyDictionary<string, Tensor> logits, IReadOnlyDictionary<string, SegmentationTarget> targets)
    {
        using var scope = NewDisposeScope();
        return WeightedValues.Breakdown("heads", "heads", Evaluate(logits, targets));
    }

    private List<(string Name, double Weight, Tensor Value)> Evaluate(IReadOnlyDictionary<string, Tensor> logits, IReadOnlyDictionary<string, SegmentationTarget> targets)
    {
        ArgumentNullException.ThrowIfNull(logits);
        ArgumentNullException.ThrowIfNull(targets);
        if (logits.Keys.Except(Heads.Select(head => head.Name), StringComparer.Ordinal).FirstOrDefault() is { } unknown)
        {
            throw new ArgumentException($"there are logits '{unknown}' but no such head; {Known}.", nameof(logits));
        }

        var values = new List<(string, double, Tensor)>();
        foreach (var head in Heads)
        {
            if (!logits.TryGetValue(head.Name, out var own))
            {
                throw new ArgumentException($"the logits of the head '{head.Name}' are missing, there are {Shapes.Text(logits.Keys)}; {Known}.", nameof(logits));
            }

            if (!targets.TryGetValue(head.Name, out var target))
            {
                throw new ArgumentException($"the target of the head '{head.Name}' is missing, there are {Shapes.Text(targets.Keys)}; {Known}.", nameof(targets));
            }

            var weight = head.Weight.At(head.Loss.Epoch);
            if (weight != 0)
            {
                values.Add((head.Name, weight, head.Loss.call(own, target)));
            }
        }

        return values.Count > 0 ? values : throw new InvalidOperationException($"one head must count, but all have the weight 0 in this epoch; {Known}.");
    }

    private string Known => $"the heads are {Shapes.Text(Heads.Select(head => head.Name))}";
}
