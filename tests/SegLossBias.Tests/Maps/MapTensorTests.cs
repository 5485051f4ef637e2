using SegLossBias.Tests.Contract;

namespace SegLossBias.Tests.Maps;

/// <summary>Maps as tensors: where they are, and that nothing else is left behind.</summary>
[Collection(nameof(Alone))]
public class MapTensorTests
{
    /// <summary>Each map of labels 0, 1 and 255 or of the ids that they are made to.</summary>
    private static readonly Dictionary<string, Func<Tensor, Tensor>> Maps = new()
    {
        ["distances"] = target => SignedDistanceMap.Compute(target, 3, ignoreIndex: 255, spacingMm: [1, 2]),
        ["distances of a mask"] = target => SignedDistanceMap.Compute(target, 1, SegmentationMode.Binary, 255),
        ["distances of channels"] = target => SignedDistanceMap.Compute(target, 4, SegmentationMode.Multilabel, 255),
        ["components"] = target => ConnectedComponents.Compute(target, 3, ignoreIndex: 255),
        ["components of a mask"] = target => ConnectedComponents.Compute(target, 1, SegmentationMode.Binary, 255),
        ["components of channels"] = target => ConnectedComponents.Compute(target, 4, SegmentationMode.Multilabel, 255, connectivity: Connectivity.Faces),
        ["weights"] = target =>
        {
            using var ids = ConnectedComponents.Compute(target, 3, ignoreIndex: 255);
            return BorderWeightMap.Compute(ids, [1, 2]);
        },
        ["weights of channels"] = target =>
        {
            using var ids = ConnectedComponents.Compute(target, 4, SegmentationMode.Multilabel, 255);
            return BorderWeightMap.Compute(ids, [1, 2], mode: SegmentationMode.Multilabel);
        },
    };

    public static TheoryData<string> Names => [.. Maps.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void OutsideAScope_OnlyTheResultLives(string name) => LiveHandles.LeftBy(() =>
    {
        using var target = Target();
        var before = LiveHandles.Count;
        var map = Maps[name](target);
        (LiveHandles.Count - before).Should().Be(1, "the result lives");
        map.requires_grad.Should().BeFalse();
        map.Dispose();
        (LiveHandles.Count - before).Should().Be(0, "the result was disposed");
        Evaluation.Numbers(target).Should().HaveCount(40, "the target still lives");
    }).Should().Be(0);

    [Theory]
    [MemberData(nameof(Names))]
    public void InsideAScope_OnlyTheResultJoinsIt(string name) => LiveHandles.LeftBy(() =>
    {
        using var scope = NewDisposeScope();
        var target = Target();
        using var inner = NewDisposeScope();
        var map = Maps[name](target);
        inner.DisposablesView.Should().ContainSingle().Which.Should().BeSameAs(map);
        inner.Dispose();
        (map.IsInvalid, target.IsInvalid).Should().Be((true, false));
    }).Should().Be(0);

    /// <summary>META stands for a GPU; a tensor that went there by mistake has no numbers.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void OtherDefaultDevice_ChangesNothing(string name)
    {
        using var scope = NewDisposeScope();
        var target = Target();
        var expected = Evaluation.Numbers(Maps[name](target));
        expected.Distinct().Count().Should().BeGreaterThan(1, "else nothing is compared");
        var before = get_default_device();
        set_default_device(META);
        try
        {
            empty(1).device_type.Should().Be(DeviceType.META, "else nothing is tested");
            Evaluation.Numbers(Maps[name](target)).Should().Equal(expected);
        }
        finally
        {
            set_default_device(before);
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Names))]
    public void OnCuda_TheMapIsThereAndTheSame(string name)
    {
        Skip.IfNot(cuda.is_available(), "there is no CUDA device");
        using var scope = NewDisposeScope();
        var target = Target();
        var map = Maps[name](target.cuda());
        map.device_type.Should().Be(DeviceType.CUDA);
        Evaluation.Numbers(map).Should().Equal(Evaluation.Numbers(Maps[name](target)));
    }

    /// <summary>[2, 4, 5] with both masks in pieces, and ignored pixels.</summary>
    private static Tensor Target() => tensor(
        new long[]
        {
            1, 1, 0, 0, 1, 0, 0, 0, 0, 1, 1, 0, 255, 0, 1, 1, 1, 0, 0, 0,
            0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 1, 1, 0, 255, 255, 0, 0, 0, 1, 1,
        },
        [2, 4, 5]);
}
