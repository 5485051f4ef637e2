using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace SegLossBias;

/// <summary>What linear and logarithmic Dice share: the score of each class, and the mean over classes.</summary>
/// <remarks>
/// <code>
/// D_k = (2 I_k + s) / max(P_k + T_k + s, ε),   0 ≤ D_k ≤ 1
/// </code>
/// with overlap I, predicted size P and true size T in pixels, of the batch or of each image.
/// </remarks>
public abstract class SoftDiceLoss : RegionLoss, IDirectFormula
{
    private readonly DicePooling _pooling;
    private readonly double _smooth;
    private readonly AbsentClass _absent;
    private readonly ClassSelection _classes;

    private protected SoftDiceLoss(
        string name,
        DicePooling pooling,
        double smooth,
        double epsilon,
        AbsentClass absent,
        ClassSelection? classes,
        SegmentationMode mode,
        long? ignoreIndex,
        Reduction reduction)
        : base(name, mode, ignoreIndex, reduction)
    {
        if (!(smooth >= 0 && double.IsFinite(smooth)))
        {
            throw new ArgumentOutOfRangeException(nameof(smooth), smooth, "the smoothing must be finite and not negative, in pixels; the reference has 0, nnU-Net 1e-5, MONAI 1e-5.");
        }

        if (!(epsilon > 0 && double.IsFinite(epsilon)))
        {
            throw new ArgumentOutOfRangeException(nameof(epsilon), epsilon, "ε bounds a denominator and must be positive and finite; the reference has 1e-7.");
        }

        (_pooling, _smooth, Epsilon, _absent, _classes) = (pooling, smooth, epsilon, absent, classes ?? ClassSelection.All);
        EnsureDefined(reduction);
    }

    /// <inheritdoc/>
    protected sealed override IReadOnlyList<RegionStatistic> Statistics => [RegionStatistic.Overlap, RegionStatistic.PredictedSize()];

    /// <inheritdoc/>
    protected sealed override bool IsDefinedPerImage => _pooling == DicePooling.Image;

    /// <summary>ε.</summary>
    private protected double Epsilon { get; }

    /// <summary>The loss of a class from its score.</summary>
    private protected abstract Tensor FromScore(Tensor score);

    /// <summary>The loss of a class from its score, and its derivative.</summary>
    private protected abstract (double Value, double Slope) FromScore(double score);

    /// <inheritdoc/>
    protected sealed override Tensor Evaluate(RegionStatistics regions)
    {
        var target = Pool(regions.TargetSize);
        var score = Pool(regions.Overlap).Times(2).Plus(_smooth)
            .div(Pool(regions.PredictedSize()).Plus(target).Plus(_smooth).AtLeast(Epsilon));
        var losses = FromScore(score);

        // A class whose prediction is NaN counts, present or not: a NaN is never hidden.
        var isAbsent = target.NotPositive()?.logical_and(losses.isnan().logical_not());
        var values = _absent switch
        {
            AbsentClass.Keep => losses.ZeroWhere(Pool(regions.ValidSize.expand_as(regions.TargetSize)).NotPositive()).mean([1]),
            AbsentClass.LeaveOut when isAbsent is not null => losses.ZeroWhere(isAbsent).sum(1).SafeDivide(isAbsent.logical_not().sum(1).to(losses.dtype)),
            _ => losses.ZeroWhere(isAbsent).mean([1]),
        };
        return _pooling == DicePooling.Batch ? values.squeeze(0) : values;
    }

    double IDirectFormula.Evaluate(RegionNumbers regions, double weight)
    {
        var classes = _classes.Of(regions.Classes);
        var images = Enumerable.Range(0, regions.Images).ToArray();
        int[][] groups = _pooling == DicePooling.Batch ? [images] : [.. images.Select(image => new[] { image })];
        return groups.Sum(group => Pooled(regions, group, classes, weight / groups.Length)) / groups.Length;
    }

    /// <summary>The mean over the classes of images that are pooled.</summary>
    private double Pooled(RegionNumbers regions, int[] images, int[] classes, double weight)
    {
        var (overlap, size) = (regions.Of(RegionStatistic.Overlap), regions.Of(RegionStatistic.PredictedSize()));
        double Pool(int k, Func<Region, double> statistic) => images.Sum(image => statistic(new Region(image, k)));

        var counted = new List<(int Class, double Loss, double OfOverlap, double OfSize)>();
        foreach (var k in classes)
        {
            var target = Pool(k, regions.TargetSize);
            var denominator = Pool(k, region => size[region]) + target + _smooth;
            var bounded = Math.Max(denominator, Epsilon);
            var score = ((2 * Pool(k, region => overlap[region])) + _smooth) / bounded;
            var (loss, slope) = FromScore(score);
            if (_absent == AbsentClass.Keep ? Pool(k, regions.ValidSize) > 0 : target > 0 || double.IsNaN(loss))
            {
                counted.Add((k, loss, 2 * slope / bounded, denominator >= Epsilon ? -slope * score / bounded : 0));
            }
        }

        var divisor = _absent == AbsentClass.LeaveOut ? Math.Max(1, counted.Count) : classes.Length;
        foreach (var (k, _, ofOverlap, ofSize) in counted)
        {
            foreach (var image in images)
            {
                overlap.AddGradient(new Region(image, k), weight * ofOverlap / divisor);
                size.AddGradient(new Region(image, k), weight * ofSize / divisor);
            }
        }

        return counted.Sum(entry => entry.Loss) / divisor;
    }

    private Tensor Pool(Tensor statistic) =>
        _classes.Apply(_pooling == DicePooling.Batch ? statistic.sum(0L, keepdim: true) : statistic);
}
