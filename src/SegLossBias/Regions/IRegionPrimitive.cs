using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>
/// The one differentiable primitive, logits and target to region statistics. Implementations agree in value and
/// gradient; they differ in how they walk over memory.
/// </summary>
internal interface IRegionPrimitive
{
    /// <summary>What it is, for diagnostics.</summary>
    string Implementation { get; }

    /// <summary>What the pixels that are not ignored weigh: [N,1], in multilabel mode [N,K].</summary>
    Tensor ValidSize { get; }

    /// <summary>True size of each class in pixels, weighted, [N,K].</summary>
    Tensor TargetSize { get; }

    /// <summary>The class of each instance, int64 [N,B]; null where the input has no instances.</summary>
    Tensor? InstanceClasses { get; }

    /// <summary>The statistic of the classes, or of everything outside each class (<paramref name="background"/>), [N,K].</summary>
    Tensor Compute(RegionStatistic statistic, bool background);

    /// <summary>Both, [N,2K].</summary>
    Tensor ComputeBoth(RegionStatistic statistic) => cat([Compute(statistic, background: false), Compute(statistic, background: true)], 1);

    /// <summary>The overlap of each instance, or without a statistic its size, [N,B].</summary>
    Tensor ComputeInstances(RegionStatistic? statistic);

    /// <summary>What a formula asks for, [N, columns].</summary>
    Tensor Read(StatisticSource source)
    {
        if (source.Size == TargetSizeKind.ValidOfImage && source.Statistic is null)
        {
            return ValidSize.sum(1, keepdim: true);
        }

        var classes = (int)TargetSize.shape[1];
        Tensor Side(bool background) => (source.Statistic, source.Size, background) switch
        {
            ({ } statistic, _, _) => Compute(statistic, background),
            (_, TargetSizeKind.Valid, _) => ValidSize.expand_as(TargetSize),
            (_, _, true) => ValidSize.sub(TargetSize),
            _ => TargetSize,
        };

        var columns = source.Columns;
        if (Array.Exists(columns, column => column >= 2 * classes))
        {
            var instances = OfInstances(source);
            var count = (int)instances.shape[1];
            return IsRange(columns, 2 * classes, count)
                ? instances
                : stack([.. columns.Select(column => column >= 2 * classes ? instances.select(1, column - (2 * classes)) : Side(column >= classes).select(1, column % classes))], 1);
        }

        return (IsRange(columns, 0, classes), IsRange(columns, classes, classes), IsRange(columns, 0, 2 * classes)) switch
        {
            (true, _, _) => Side(background: false),
            (_, true, _) => Side(background: true),
            (_, _, true) when source.Statistic is { } statistic => ComputeBoth(statistic),
            (_, _, true) => cat([Side(background: false), Side(background: true)], 1),
            _ => stack([.. columns.Select(column => Side(column >= classes).select(1, column % classes))], 1), // No indices to copy to a GPU.
        };
    }

    /// <summary>
    /// Sizes and overlaps of the instances. The predicted size with τ = 1 of an instance b of class c is what is predicted outside
    /// of all regions of c and inside b: P_c − I_c + I_b.
    /// </summary>
    private Tensor OfInstances(StatisticSource source)
    {
        switch (source)
        {
            case { Statistic: null, Size: TargetSizeKind.Region }:
                return ComputeInstances(null);
            case { Statistic: { Kind: StatisticKind.Overlap } overlap }:
                return ComputeInstances(overlap);
            case { Statistic: { Kind: StatisticKind.PredictedSize, Parameter: 1 } size }:
                var outside = Compute(size, background: false).sub(Compute(RegionStatistic.Overlap, background: false));
                return outside.gather(1, InstanceClasses!).Plus(ComputeInstances(RegionStatistic.Overlap));
            default:
                throw new InvalidOperationException($"Instances have a true size, an overlap and a predicted size with τ = 1, but {source} was asked for; read it from the classes instead.");
        }
    }

    private static bool IsRange(int[] columns, int first, int count) =>
        columns.Length == count && columns[0] == first && columns[^1] == first + count - 1 && (count == 1 || columns[1] == first + 1);
}
