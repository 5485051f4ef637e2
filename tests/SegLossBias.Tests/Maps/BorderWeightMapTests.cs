namespace SegLossBias.Tests.Maps;

/// <summary>U-Net's weights against Eq. 2 in loops, and what must hold for any instances.</summary>
public class BorderWeightMapTests
{
    /// <summary>Ids 0 to 6, sparse or in all 31 digits, in 1D to 3D.</summary>
    private static readonly Gen<(int[] Space, double[]? Spacing, int[][] Images)> Any =
        from space in Gen.OneOf(Gen.Int[1, 20].Array[1], Gen.Int[1, 7].Array[2], Gen.Int[1, 4].Array[3])
        from spaced in Gen.Bool
        from spacing in Gen.Double[0.3, 3].Array[space.Length]
        from names in LabelScene.OneOf<int[]>([1, 2, 3, 4, 5, 6], [7, 100, 4, int.MaxValue, 1 << 30, 99_999])
        from images in Ids(space.Aggregate(1, (product, size) => product * size), names).Array[1, 3]
        select (space, spaced ? spacing : null, images);

    [Fact]
    public void Weights_EqualEquation2() => Gen.Select(Any, Gen.Double[0, 20], Gen.Double[0.2, 8], Gen.Double[0, 3].Array[2], Gen.Bool).Sample(
        (scene, w0, sigma, ofClass, onlyBackground) =>
        {
            using var scope = NewDisposeScope();
            var map = BorderWeightMap.Compute(Tensor(scene), ofClass, w0, sigma, onlyBackground, scene.Spacing);
            map.dtype.Should().Be(ScalarType.Float32);
            map.shape.Should().Equal(Shape(scene));
            Evaluation.Numbers(map).ShouldAllBeClose(
                [.. scene.Images.SelectMany(ids => PlainMaps.BorderWeights(ids, scene.Space, scene.Spacing, ofClass, w0, sigma, onlyBackground))], Tolerance.Float32Value);
        },
        iter: 300);

    [Fact]
    public void Defaults_AreThoseOfThePaper() => Any.Sample(
        scene =>
        {
            using var scope = NewDisposeScope();
            Evaluation.Numbers(BorderWeightMap.Compute(Tensor(scene))).ShouldAllBeClose(
                [.. scene.Images.SelectMany(ids => PlainMaps.BorderWeights(ids, scene.Space, null, [1, 1], 10, 5, onlyBackground: true))], Tolerance.Float32Value);
        },
        iter: 100);

    [Fact]
    public void GapBetweenTwo_InNumbers()
    {
        using var scope = NewDisposeScope();
        var ids = tensor((int[])[1, 0, 0, 0, 2, 2], [1, 6]);
        var gap = 1 + (10 * Math.Exp(-16.0 / 50));
        Evaluation.Numbers(BorderWeightMap.Compute(ids)).ShouldAllBeClose([1, gap, gap, gap, 1, 1], Tolerance.Float32Value);
        var deeper = 1 + (10 * Math.Exp(-25.0 / 50));
        Evaluation.Numbers(BorderWeightMap.Compute(ids, onlyBackground: false)).ShouldAllBeClose([gap, gap, gap, gap, gap, deeper], Tolerance.Float32Value);
        Evaluation.Numbers(BorderWeightMap.Compute(ids, [0.25, 3], w0: 0)).Should().Equal(3, 0.25, 0.25, 0.25, 3, 3);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void FewerThanTwoInstances_HaveNoBorder(int instances)
    {
        using var scope = NewDisposeScope();
        var ids = zeros([2, 5, 6], ScalarType.Int32);
        ids[0, 2, 1] = tensor(instances * 12);
        ids[0, 4, 4] = tensor(instances * 12);
        var map = BorderWeightMap.Compute(ids, [0.5, 2], onlyBackground: false);
        Evaluation.Numbers(map).Should().Equal(Evaluation.Numbers(ids).Select(id => id == 0 ? 0.5 : 2));
    }

    [Fact]
    public void MirroringAndTransposing_CommuteWithTheMap() => Any.Sample(
        scene =>
        {
            using var scope = NewDisposeScope();
            var (ids, map) = (Tensor(scene), BorderWeightMap.Compute(Tensor(scene), onlyBackground: false));
            long[] axes = [.. Enumerable.Range(1, scene.Space.Length)];
            long[] turned = [0, .. axes.Reverse()];
            Evaluation.Numbers(BorderWeightMap.Compute(ids.flip(axes), onlyBackground: false)).Should().Equal(Evaluation.Numbers(map.flip(axes)));
            Evaluation.Numbers(BorderWeightMap.Compute(ids.permute(turned), onlyBackground: false)).Should().Equal(Evaluation.Numbers(map.permute(turned)));
        },
        iter: 100);

    [Fact]
    public void OtherNames_ChangeNothing() => Any.Sample(
        scene =>
        {
            using var scope = NewDisposeScope();
            var renamed = scene.Images.Select(ids => ids.Select(id => id == 0 ? 0 : int.MaxValue - (id % 1013)).ToArray()).ToArray();
            renamed.SelectMany(ids => ids).Distinct().Count().Should().Be(scene.Images.SelectMany(ids => ids).Distinct().Count(), "else two instances became one");
            Evaluation.Numbers(BorderWeightMap.Compute(Tensor(scene with { Images = renamed }))).Should().Equal(Evaluation.Numbers(BorderWeightMap.Compute(Tensor(scene))));
        },
        iter: 100);

    /// <summary>Hundreds of instances of one pixel each: eight digits and more.</summary>
    [Fact]
    public void ManyInstances_AreAllLookedAt()
    {
        using var scope = NewDisposeScope();
        const int Size = 60;
        var random = new Random(7);
        var places = Enumerable.Range(0, Size * Size).OrderBy(_ => random.Next()).Take(300).ToArray();
        var ids = new int[Size * Size];
        foreach (var (place, index) in places.Select((place, index) => (place, index)))
        {
            ids[place] = index + 1;
        }

        var expected = Enumerable.Range(0, Size * Size).Select(pixel =>
        {
            var nearest = places.Select(place => Math.Sqrt(Math.Pow((place / Size) - (pixel / Size), 2) + Math.Pow((place % Size) - (pixel % Size), 2))).Order().Take(2).Sum();
            return 1 + (10 * Math.Exp(-nearest * nearest / 50));
        }).ToArray();
        Evaluation.Numbers(BorderWeightMap.Compute(tensor(ids, [1, Size, Size]), onlyBackground: false)).ShouldAllBeClose(expected, Tolerance.Float32Value);
    }

    /// <summary>From labels to weights, as a data loader would.</summary>
    [Fact]
    public void ComponentsOfATarget_HaveABorder()
    {
        using var scope = NewDisposeScope();
        var cells = tensor(new long[] { 1, 1, 0, 1, 1, 1, 0, 1 }, [1, 2, 4]);
        var map = BorderWeightMap.Compute(ConnectedComponents.Compute(cells, 1, SegmentationMode.Binary), w0: 10, sigma: 5);
        var gap = 1 + (10 * Math.Exp(-4.0 / 50));
        Evaluation.Numbers(map).ShouldAllBeClose([1, 1, gap, 1, 1, 1, gap, 1], Tolerance.Float32Value);
    }

    /// <summary>Each channel has the map in loops that it has alone, whatever is in the others.</summary>
    [Fact]
    public void Channels_AreMapsOfTheirOwn() => Any.Sample(
        scene =>
        {
            using var scope = NewDisposeScope();
            var map = BorderWeightMap.Compute(Tensor(scene).unsqueeze(0), spacingMm: scene.Spacing, mode: SegmentationMode.Multilabel);
            map.shape.Should().Equal([1, .. Shape(scene)]);
            Evaluation.Numbers(map).ShouldAllBeClose(
                [.. scene.Images.SelectMany(ids => PlainMaps.BorderWeights(ids, scene.Space, scene.Spacing, [1, 1], 10, 5, onlyBackground: true))], Tolerance.Float32Value);
        },
        iter: 100);

    /// <summary>As from [N,K,*] labels: ids run on from channel to channel, and the loss takes the map.</summary>
    [Theory]
    [InlineData(12)]
    [InlineData(4, 5)]
    [InlineData(2, 3, 4)]
    public void ComponentsOfChannels_HaveTheMapsOfTheChannels(params int[] space)
    {
        using var scope = NewDisposeScope();
        var random = new Random(3);
        long[] shape = [2, 3, .. space];
        var labels = tensor(Enumerable.Range(0, (int)shape.Aggregate(1L, (product, size) => product * size)).Select(_ => random.NextInt64(4) / 3).ToArray(), shape);
        var ids = ConnectedComponents.Compute(labels, 3, SegmentationMode.Multilabel);
        var map = BorderWeightMap.Compute(ids, [0.5, 2], w0: 7, sigma: 2, mode: SegmentationMode.Multilabel);
        map.shape.Should().Equal(shape);
        for (var channel = 0; channel < 3; channel++)
        {
            var alone = BorderWeightMap.Compute(ids.select(1, channel), [0.5, 2], w0: 7, sigma: 2);
            Evaluation.Numbers(alone).Distinct().Count().Should().BeGreaterThan(2, "else there is no border");
            Evaluation.Numbers(map.select(1, channel)).Should().Equal(Evaluation.Numbers(alone));
        }

        using var loss = new SegmentationLoss(new CrossEntropy()) { Mode = SegmentationMode.Multilabel };
        var expected = nn.functional.softplus(zeros(1, ScalarType.Float64)).item<double>();
        loss.call(zeros(shape, ScalarType.Float64), new SegmentationTarget(labels).WithPixelWeights(map)).item<double>().ShouldBeClose(expected, Tolerance.Identity, "a weighted mean of log 2");
    }

    /// <summary>[N,1,*] is one channel; [N,D,*] is a volume, one of a single slice too where the spacing has three axes.</summary>
    [Fact]
    public void WithoutChannels_AxisOneIsSpaceUnlessItIsOfSizeOne() => Any.Sample(
        scene =>
        {
            using var scope = NewDisposeScope();
            var ids = Tensor(scene);
            foreach (var mode in (SegmentationMode[])[SegmentationMode.Multiclass, SegmentationMode.Binary])
            {
                var map = BorderWeightMap.Compute(ids, spacingMm: scene.Spacing, mode: mode);
                Evaluation.Numbers(map).Should().Equal(Evaluation.Numbers(BorderWeightMap.Compute(ids, spacingMm: scene.Spacing)));
                var ofChannel = BorderWeightMap.Compute(ids.unsqueeze(1), spacingMm: scene.Spacing, mode: mode);
                ofChannel.shape.Should().Equal(ids.unsqueeze(1).shape);
                Evaluation.Numbers(ofChannel).Should().Equal(Evaluation.Numbers(map));
                if (scene is { Spacing: { } spacing, Space.Length: < 3 })
                {
                    Evaluation.Numbers(BorderWeightMap.Compute(ids.unsqueeze(1), spacingMm: [9, .. spacing], mode: mode)).Should().Equal(Evaluation.Numbers(map));
                }
            }
        },
        iter: 100);

    [Fact]
    public void Nothing_HasAnEmptyMap()
    {
        using var scope = NewDisposeScope();
        BorderWeightMap.Compute(zeros([0, 4, 5], ScalarType.Int32)).shape.Should().Equal(0, 4, 5);
        BorderWeightMap.Compute(zeros([2, 0, 5], ScalarType.Int32)).shape.Should().Equal(2, 0, 5);
        BorderWeightMap.Compute(zeros([2, 0, 5], ScalarType.Int32), mode: SegmentationMode.Multilabel).shape.Should().Equal(2, 0, 5);
    }

    private static Gen<int[]> Ids(int pixels, int[] names) =>
        from share in LabelScene.OneOf(0, 10, 40, 100)
        from count in Gen.Int[1, names.Length]
        from numbers in Gen.Select(Gen.Int[0, 99], Gen.Int[0, count - 1]).Array[pixels]
        select numbers.Select(number => number.Item1 < share ? names[number.Item2] : 0).ToArray();

    private static long[] Shape((int[] Space, double[]? Spacing, int[][] Images) scene) => [scene.Images.Length, .. scene.Space.Select(size => (long)size)];

    private static Tensor Tensor((int[] Space, double[]? Spacing, int[][] Images) scene) => tensor(scene.Images.SelectMany(ids => ids).ToArray(), Shape(scene));
}
