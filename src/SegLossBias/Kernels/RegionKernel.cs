using System.Numerics;
using System.Runtime.Intrinsics;

namespace SegLossBias;

/// <summary>Region statistics and their gradient in one pass over memory each.</summary>
internal abstract unsafe class RegionKernel
{
    private static readonly RegionKernel Single = Widest<float>();
    private static readonly RegionKernel Double = Widest<double>();

    /// <summary>The instruction set, for diagnostics.</summary>
    internal abstract string Name { get; }

    /// <summary>The kernel for logits of this type, with the widest vectors the machine has.</summary>
    internal static RegionKernel For(ElementType logits) => logits == ElementType.Float64 ? Double : Single;

    /// <summary>Gathers the statistics.</summary>
    /// <param name="job">What to read.</param>
    /// <param name="results">[images × <see cref="RegionJob.Results"/>].</param>
    /// <returns>
    /// False when a label is neither a class nor the ignore index, a soft label is outside [0, 1], those of exclusive classes do not add
    /// up to 1, a weight is negative or not finite, or a map is not finite where a pixel counts. Such a pixel is left out.
    /// </returns>
    internal abstract bool Forward(RegionJob job, double[] results);

    /// <summary>Writes the gradient with respect to the logits.</summary>
    /// <param name="job">What to read.</param>
    /// <param name="upstream">Gradient of the results, laid out like them.</param>
    /// <param name="gradient">Where to write; all of it is written.</param>
    internal abstract void Backward(RegionJob job, double[] upstream, PixelView gradient);

    /// <summary>Writes a number for each pixel of exclusive classes with hard labels, of any sign since factors have any.</summary>
    /// <param name="job">What to read; of its statistics nothing.</param>
    /// <param name="factors">What a pixel has.</param>
    /// <param name="values">Where to write.</param>
    /// <returns>False when a label is neither a class nor the ignore index.</returns>
    internal abstract bool Pixels(RegionJob job, PixelFactors factors, PixelView values);

    /// <summary>Writes the gradient of these numbers with respect to the logits.</summary>
    /// <param name="job">What to read.</param>
    /// <param name="factors">What a pixel has.</param>
    /// <param name="upstream">Gradient of the numbers.</param>
    /// <param name="gradient">Where to write; all of it is written.</param>
    internal abstract void PixelGradient(RegionJob job, PixelFactors factors, PixelView upstream, PixelView gradient);

    private static RegionKernel Widest<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        Vector512.IsHardwareAccelerated ? new RegionKernel<Lanes512<T>, T>()
        : Vector256.IsHardwareAccelerated ? new RegionKernel<Lanes256<T>, T>()
        : Vector128.IsHardwareAccelerated ? new RegionKernel<Lanes128<T>, T>()
        : new RegionKernel<LanesScalar<T>, T>();
}
