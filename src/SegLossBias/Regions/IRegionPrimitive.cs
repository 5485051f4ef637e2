using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>
/// The one differentiable primitive, logits and labels to region statistics. Implementations agree in value and
/// gradient; they differ in how they walk over memory.
/// </summary>
internal interface IRegionPrimitive
{
    /// <summary>What it is, for diagnostics.</summary>
    string Implementation { get; }

    /// <summary>Pixels that are not ignored: [N,1], in multilabel mode [N,K].</summary>
    Tensor ValidSize { get; }

    /// <summary>True size of each class in pixels, [N,K].</summary>
    Tensor TargetSize { get; }

    /// <summary>The statistic of the classes, or of everything outside each class (<paramref name="background"/>), [N,K].</summary>
    Tensor Compute(RegionStatistic statistic, bool background);

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
        return (IsRange(columns, 0, classes), IsRange(columns, classes, classes), IsRange(columns, 0, 2 * classes)) switch
        {
            (true, _, _) => Side(background: false),
            (_, true, _) => Side(background: true),
            (_, _, true) => cat([Side(background: false), Side(background: true)], 1),
            _ => stack([.. columns.Select(column => Side(column >= classes).select(1, column % classes))], 1), // No indices to copy to a GPU.
        };
    }

    private static bool IsRange(int[] columns, int first, int count) =>
        columns.Length == count && columns[0] == first && columns[^1] == first + count - 1 && (count == 1 || columns[1] == first + 1);
}
