namespace SegLossBias.Tests.Metrics;

/// <summary>What surface distances allocate, on all threads together; nothing else may run meanwhile.</summary>
[Collection(nameof(Alone))]
public class SurfaceMemoryTests
{
    /// <summary>NSD and HD95 of masks as large as a scan: 10 bytes a cell and 16 an element, and a twentieth for the lines of each thread.</summary>
    [Fact]
    public void AScan_TakesTenBytesAPixelAndSixteenAnElement()
    {
        int[] shape = [136, 176, 136];
        var cells = shape.Aggregate(1L, (product, size) => product * (size + 1));
        bool[] Ellipsoid(double shift) => MaskPair.Where(shape, x => shape
            .Select((size, axis) => Math.Pow(((x[axis] + (axis == 0 ? shift : 0)) / (size - 1.0) * 2) - 1, 2)).Sum() <= 1.01);
        var (prediction, target) = (Ellipsoid(3), Ellipsoid(0));

        var before = GC.GetTotalAllocatedBytes(precise: true);
        var distances = SurfaceDistances.Compute(prediction, target, shape, [1, 1, 1.5]);
        var scores = (distances.NormalizedSurfaceDistance(2), distances.Hausdorff(95));
        var allocated = GC.GetTotalAllocatedBytes(precise: true) - before;

        scores.Item1.Should().BeInRange(0.1, 0.999);
        scores.Item2.Should().BeInRange(1, 4);
        long elements = distances.TargetSizes.Length + distances.PredictionSizes.Length;
        allocated.Should().BeInRange(9 * cells, (long)(1.05 * ((10 * cells) + (16 * elements))));
    }
}
