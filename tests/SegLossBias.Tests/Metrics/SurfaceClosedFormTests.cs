namespace SegLossBias.Tests.Metrics;

/// <summary>Shapes whose surfaces and distances are known on paper.</summary>
public class SurfaceClosedFormTests
{
    [Theory]
    [InlineData(6, 2, 1.0)]
    [InlineData(9, 3, 0.5)]
    [InlineData(5, 0, 2.0)]
    public void ShiftedSquare(int side, int shift, double spacing)
    {
        int[] shape = [side + 4, side + shift + 4];
        var target = MaskPair.Where(shape, at => at[0] >= 2 && at[0] < side + 2 && at[1] >= 2 && at[1] < side + 2);
        var prediction = MaskPair.Where(shape, at => at[0] >= 2 && at[0] < side + 2 && at[1] >= shift + 2 && at[1] < shift + side + 2);

        var distances = SurfaceDistances.Compute(prediction, target, shape, [spacing, spacing]);

        // The contour: four sides of n − 1 pixels and four corners cut by half a diagonal.
        var corner = spacing * Math.Sqrt(2) / 2;
        var length = (4 * (side - 1) * spacing) + (4 * corner);
        distances.TargetSizes.ToArray().Sum().ShouldBeClose(length, 1e-12);
        distances.Hausdorff().ShouldBeClose(shift * spacing, 1e-12);

        // The side that was left behind lies `shift` away, the first pixels of the two others 0 to shift − 1, all else 0;
        // the side inside the other square is nearer to top or bottom than to the shifted side, by distance to the row.
        var left = Enumerable.Range(0, side - 1).Sum(_ => spacing * shift * spacing) + (2 * corner * shift * spacing);
        var flanks = 2 * Enumerable.Range(1, Math.Max(0, shift - 1)).Sum(k => spacing * (shift - k) * spacing);
        var right = Enumerable.Range(1, side - 1).Sum(row => spacing * spacing * Math.Min(shift, Math.Min(row, side - row)));
        distances.AverageTargetToPrediction.ShouldBeClose((left + flanks + right) / length, 1e-12);
        distances.AveragePredictionToTarget.ShouldBeClose(distances.AverageTargetToPrediction, 1e-12);
    }

    [Fact]
    public void Box_HasFacesBevelsAndCorners()
    {
        int[] size = [3, 5, 4];
        double[] s = [2, 0.5, 1.5];
        var mask = MaskPair.Where([5, 7, 6], at => at.Zip(size).All(axis => axis.First >= 1 && axis.First <= axis.Second));

        var area = SurfaceDistances.Compute(mask, mask, [5, 7, 6], s).TargetSizes.ToArray().Sum();

        double[] length = [.. size.Zip(s).Select(axis => (axis.First - 1) * axis.Second)];
        var faces = 2 * ((length[0] * length[1]) + (length[0] * length[2]) + (length[1] * length[2]));
        var bevels = 4 * Enumerable.Range(0, 3).Sum(axis => length[axis] * double.Hypot(s[(axis + 1) % 3], s[(axis + 2) % 3]) / 2);
        var corner = Math.Sqrt(Math.Pow(s[0] * s[1], 2) + Math.Pow(s[0] * s[2], 2) + Math.Pow(s[1] * s[2], 2)) / 8;
        area.ShouldBeClose(faces + bevels + (8 * corner), 1e-12);
    }

    [Fact]
    public void SingleVoxels_AreAsFarApartAsTheirCentres()
    {
        int[] shape = [6, 7, 8];
        var one = MaskPair.Where(shape, at => at.SequenceEqual([1, 1, 1]));
        var other = MaskPair.Where(shape, at => at.SequenceEqual([3, 5, 7]));
        var distances = SurfaceDistances.Compute(one, other, shape, [3, 1, 0.5]);
        distances.Hausdorff().ShouldBeClose(Math.Sqrt(36 + 16 + 9), 1e-12);
        distances.TargetDistances.Length.Should().Be(8);
    }

    [Fact]
    public void Slabs_AreTheirOffsetApart()
    {
        int[] shape = [9, 5, 6];
        var target = MaskPair.Where(shape, at => at[0] < 3);
        var prediction = MaskPair.Where(shape, at => at[0] < 5);
        var distances = SurfaceDistances.Compute(prediction, target, shape, [2.5, 1, 1]);
        distances.Hausdorff().Should().Be(5, "the upper faces are 2 voxels of 2.5 mm apart");
        distances.NormalizedSurfaceDistance(5).Should().Be(1);
    }

    /// <summary>Spheres of 18 and 21 mm around one centre: 3 mm apart but for half a voxel's diagonal, at any sampling.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void ConcentricSpheres(int sampling)
    {
        double[] spacing = [1.0 / sampling, 0.75 / sampling, 1.5 / sampling];
        int[] shape = [48 * sampling, 64 * sampling, 32 * sampling];
        double Radius(int[] at) => Math.Sqrt(at.Select((x, axis) => Math.Pow((x - ((shape[axis] - 1) / 2.0)) * spacing[axis], 2)).Sum());
        var distances = SurfaceDistances.Compute(MaskPair.Where(shape, at => Radius(at) < 21), MaskPair.Where(shape, at => Radius(at) < 18), shape, spacing);

        var half = Math.Sqrt(spacing.Sum(s => s * s)) / 2;
        distances.AverageTargetToPrediction.Should().BeApproximately(3, half);
        distances.AveragePredictionToTarget.Should().BeApproximately(3, half);
        distances.AverageSymmetric.Should().BeApproximately(3, half);
        distances.Hausdorff().Should().BeApproximately(3, 2 * half);
        distances.NormalizedSurfaceDistance(3 - (2 * half)).Should().Be(0);
        distances.NormalizedSurfaceDistance(3 + (2 * half)).Should().Be(1);

        // Marching cubes on a binary sphere have steps: about a tenth more area than the sphere, at any sampling.
        (distances.TargetSizes.ToArray().Sum() / (4 * Math.PI * 18 * 18)).Should().BeInRange(1.05, 1.15);
    }

    [Fact]
    public void Rounding_DoesNotDecideWhetherADistanceIsWithinTheTolerance()
    {
        var target = MaskPair.Where([3, 6], at => at[0] == 1 && at[1] == 1);
        var prediction = MaskPair.Where([3, 6], at => at[0] == 1 && at[1] == 4);
        var distances = SurfaceDistances.Compute(prediction, target, [3, 6], [0.4, 0.4]);
        (3 * 0.4 > 1.2).Should().BeTrue("3 · 0.4 is above 1.2 in float64");
        distances.TargetOverlap(1.2).Should().Be(1);
    }
}
