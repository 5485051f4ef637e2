using System.Runtime.CompilerServices;

namespace SegLossBias;

/// <summary>The functions of all kinds over a row of pixels.</summary>
internal static unsafe class PixelFunctions<TLanes, T>
    where TLanes : unmanaged, ILanes<TLanes, T>
    where T : unmanaged
{
    /// <summary>values[i] = w m f(p), or c = w m p f'(p).</summary>
    /// <typeparam name="TSlope">Whether it is c.</typeparam>
    /// <param name="term">Which function.</param>
    /// <param name="row">What it reads.</param>
    /// <param name="count">Pixels, a multiple of the vector.</param>
    /// <param name="values">Where to write.</param>
    internal static void Set<TSlope>(in GeneralTerm term, in PixelRow<T> row, int count, T* values)
        where TSlope : IFlag
    {
        switch (term.Kind)
        {
            case StatisticKind.Overlap:
                Set<OverlapFunction<TLanes, T>, TSlope>(row, term.Shape, count, values);
                break;
            case StatisticKind.NegativeLogLikelihood:
                Set<NegativeLogFunction<TLanes, T>, TSlope>(row, term.Shape, count, values);
                break;
            case StatisticKind.PredictedPower:
                Set<PowerFunction<TLanes, T>, TSlope>(row, term.Shape, count, values);
                break;
            case StatisticKind.OverlapPower:
                Set<OverlapPowerFunction<TLanes, T>, TSlope>(row, term.Shape, count, values);
                break;
            case StatisticKind.NegativeLogPower:
                Set<NegativeLogPowerFunction<TLanes, T>, TSlope>(row, term.Shape, count, values);
                break;
            case StatisticKind.NegativeLogEverywhere:
                Set<NegativeLogEverywhereFunction<TLanes, T>, TSlope>(row, term.Shape, count, values);
                break;
            case StatisticKind.Difference:
                Set<DifferenceFunction<TLanes, T>, TSlope>(row, term.Shape, count, values);
                break;
            case StatisticKind.TargetSquare:
                Set<TargetSquareFunction<TLanes, T>, TSlope>(row, term.Shape, count, values);
                break;
            case StatisticKind.MapSum or StatisticKind.Confusion:
                Set<MapFunction<TLanes, T>, TSlope>(row, term.Shape, count, values);
                break;
            default:
                Set<FocalFunction<TLanes, T>, TSlope>(row, term.Shape, count, values);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Set<TFunction, TSlope>(in PixelRow<T> row, in PixelShape shape, int count, T* values)
        where TFunction : IPixelFunction<TLanes, T>
        where TSlope : IFlag
    {
        for (var i = 0; i < count; i += TLanes.Count)
        {
            TLanes.Store(values + i, TSlope.IsSet ? TFunction.Slope(row, i, shape) : TFunction.Value(row, i, shape));
        }
    }
}
