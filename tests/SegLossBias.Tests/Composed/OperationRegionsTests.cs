using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Composed;

/// <summary>How many operations that write memory the node dispatches, forward and backward: the price of a step where tensors are small.</summary>
public class OperationRegionsTests
{
    /// <summary>Views and allocations; those write nothing.</summary>
    private static readonly HashSet<string> WriteNothing =
    [
        .. "select narrow slice as_strided unsqueeze squeeze view reshape detach alias expand expand_as empty empty_like empty_strided to _to_copy result_type flatten zeros zeros_like ones ones_like full"
            .Split(' ').Select(name => "aten::" + name),
    ];

    /// <summary>The focal sums, which autograd takes the most operations for; the node, which computes twice what the others share, is not above it there.</summary>
    [SkippableTheory]
    [InlineData("Focal", SegmentationMode.Multiclass, 132)]
    [InlineData("Focal", SegmentationMode.Binary, 126)]
    [InlineData("RFL(L1)", SegmentationMode.Multiclass, 215)]
    [InlineData("RFL(L1)", SegmentationMode.Binary, 200)]
    [InlineData("RCE(L1)", SegmentationMode.Multiclass, 180)]
    [InlineData("RCE(L1)", SegmentationMode.Binary, 190)]
    public void Loss_TakesNoMoreOperations(string name, SegmentationMode mode, int most)
    {
        Skip.IfNot(DispatchedOperations.IsSupported, "the counter reads structures of libtorch on Linux x64");
        using var scope = NewDisposeScope();
        using var forced = RegionPrimitive.Force(RegionImplementation.Composed);
        var one = ones(3);
        DispatchedOperations.Of(() => one.neg()).Should().Equal(["aten::neg"], "else the counter counts something else");
        using var loss = LossTable.Create(name, mode);
        var scene = Scenes.Usual(mode);
        var leaf = scene.LogitsTensor(ScalarType.Float32).requires_grad_(true);
        var target = scene.TargetTensor();
        using var warmUp = loss.call(leaf, target);
        DispatchedOperations.Of(() => loss.call(leaf, target).backward()).Count(operation => operation.StartsWith("aten::", StringComparison.Ordinal) && !WriteNothing.Contains(operation))
            .Should().BeLessThanOrEqualTo(most);
    }
}
