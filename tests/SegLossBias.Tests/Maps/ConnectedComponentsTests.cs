namespace SegLossBias.Tests.Maps;

/// <summary>Components against a walk through each, and what must hold for any target.</summary>
public class ConnectedComponentsTests
{
    [Fact]
    public void Ids_EqualThoseOfAWalk() => LabelScene.Any.Sample(
        scene =>
        {
            using var scope = NewDisposeScope();
            foreach (var connectivity in Enum.GetValues<Connectivity>())
            {
                var ids = scene.Components(scene.Target(), connectivity);
                ids.dtype.Should().Be(ScalarType.Int32);
                ids.shape.Should().Equal(scene.LabelShape);
                Evaluation.Numbers(ids).Should().Equal(PlainMaps.Components(scene, connectivity), $"{connectivity} {scene}");
            }
        },
        iter: 300);

    [Fact]
    public void Background_MayBeAnyClassOrNone() => LabelScene.Any.Where(scene => scene.Mode == SegmentationMode.Multiclass).Sample(
        scene =>
        {
            using var scope = NewDisposeScope();
            foreach (var background in (int?[])[null, .. Enumerable.Range(0, scene.Classes)])
            {
                var ids = ConnectedComponents.Compute(scene.Target(), scene.Classes, scene.Mode, LabelScene.Ignore, background);
                Evaluation.Numbers(ids).Should().Equal(PlainMaps.Components(scene, Connectivity.Full, background), $"{background} {scene}");
            }
        },
        iter: 50);

    [Fact]
    public void Pixels_ThatShareACorner_AreNeighboursInFullConnectivityOnly()
    {
        using var scope = NewDisposeScope();
        var plane = tensor(new long[] { 1, 0, 0, 0, 1, 0, 0, 0, 2 }, [1, 3, 3]);
        ConnectedComponents.Compute(plane, 3).data<int>().Should().Equal(1, 0, 0, 0, 1, 0, 0, 0, 2);
        ConnectedComponents.Compute(plane, 3, connectivity: Connectivity.Faces).data<int>().Should().Equal(1, 0, 0, 0, 2, 0, 0, 0, 3);
        var cube = tensor(new long[] { 1, 0, 0, 0, 0, 0, 0, 1 }, [1, 2, 2, 2]);
        ConnectedComponents.Compute(cube, 1, SegmentationMode.Binary).data<int>().Should().Equal(1, 0, 0, 0, 0, 0, 0, 1);
        ConnectedComponents.Compute(cube, 1, SegmentationMode.Binary, connectivity: Connectivity.Faces).data<int>().Should().Equal(1, 0, 0, 0, 0, 0, 0, 2);
    }

    [Fact]
    public void Channels_AreNumberedOneAfterTheOther_AndImagesAnew()
    {
        using var scope = NewDisposeScope();
        var target = tensor(new long[] { 1, 0, 1, 1, 1, 0, 0, 0, 0, 1, 255, 1 }, [2, 2, 3]);
        ConnectedComponents.Compute(target, 2, SegmentationMode.Multilabel, 255).data<int>().Should().Equal(1, 0, 2, 3, 3, 0, 0, 0, 0, 1, 0, 2);
    }

    /// <summary>Each id must meet one id only, in both directions: the numbers may differ, the components not.</summary>
    [Fact]
    public void MirroringAndTransposing_LeaveTheComponents() => LabelScene.Any.Sample(
        scene =>
        {
            using var scope = NewDisposeScope();
            var target = scene.Target();
            long[] axes = [.. Enumerable.Range(2, scene.Space.Length)];
            long[] turned = [0, 1, .. axes.Reverse()];
            foreach (var connectivity in Enum.GetValues<Connectivity>())
            {
                var ids = scene.Components(target, connectivity).view(scene.TargetShape);
                Tensor Ids(Tensor labels) => scene.Components(labels, connectivity).view(labels.shape);
                SameParts(Ids(target.flip(axes)).flip(axes), ids);
                SameParts(Ids(target.permute(turned)).permute(turned), ids);
            }
        },
        iter: 100);

    /// <summary>Long paths of parents, joined late: arms of a spiral, and the teeth of a comb that only its back holds together.</summary>
    [Fact]
    public void LongComponents_AreFoundWhole()
    {
        using var scope = NewDisposeScope();
        const int Size = 601;
        var spiral = new long[Size * Size];
        var (y, x, dy, dx) = (0, 0, 0, 1);
        bool IsFree(int line, int column) => line is < 0 or >= Size || column is < 0 or >= Size || spiral[(line * Size) + column] == 0;
        for (var corners = 0; corners < 2;)
        {
            spiral[(y * Size) + x] = 1;
            var canGo = y + dy is >= 0 and < Size && x + dx is >= 0 and < Size && IsFree(y + dy, x + dx) && IsFree(y + (2 * dy), x + (2 * dx));
            corners = canGo ? 0 : corners + 1;
            (y, x, dy, dx) = canGo ? (y + dy, x + dx, dy, dx) : (y, x, dx, -dy);
        }

        spiral.Count(label => label == 1).Should().BeGreaterThan(Size * Size / 3, "else there is no spiral");
        var comb = Enumerable.Range(0, Size * Size).Select(i => i / Size == Size - 1 || i % Size % 2 == 0 ? 1L : 0).ToArray();
        foreach (var labels in (long[][])[spiral, comb])
        {
            foreach (var turned in (Tensor[])[tensor(labels, [1, Size, Size]), tensor(labels, [1, Size, Size]).flip(1), tensor(labels, [1, Size, Size]).transpose(1, 2)])
            {
                var ids = ConnectedComponents.Compute(turned, 1, SegmentationMode.Binary, connectivity: Connectivity.Faces);
                Evaluation.Numbers(ids).Should().Equal(Evaluation.Numbers(turned), "all foreground is one component");
            }
        }
    }

    [Fact]
    public void Nothing_HasNoComponents()
    {
        using var scope = NewDisposeScope();
        ConnectedComponents.Compute(zeros([0, 4, 5], ScalarType.Int64), 3).shape.Should().Equal(0, 4, 5);
        ConnectedComponents.Compute(zeros([2, 1, 0, 5], ScalarType.Int64), 3).shape.Should().Equal(2, 0, 5);
        Evaluation.Numbers(ConnectedComponents.Compute(zeros([2, 4, 5], ScalarType.Int64), 3)).Should().OnlyContain(id => id == 0);
        Evaluation.Numbers(ConnectedComponents.Compute(full([2, 4, 5], 9, ScalarType.Int64), 3, ignoreIndex: 9, background: null)).Should().OnlyContain(id => id == 0);
    }

    private static void SameParts(Tensor actual, Tensor expected)
    {
        var pairs = Evaluation.Numbers(actual).Zip(Evaluation.Numbers(expected)).Select((pair, i) => (Image: i / (int)(actual.numel() / actual.shape[0]), pair.First, pair.Second)).Distinct().ToArray();
        pairs.Select(pair => (pair.Image, pair.First)).Should().OnlyHaveUniqueItems();
        pairs.Select(pair => (pair.Image, pair.Second)).Should().OnlyHaveUniqueItems();
    }
}
