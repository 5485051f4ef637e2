using SegLossBias.Benchmarks.Measuring;
using SegLossBias.Tests.Support;
using Xunit.Abstractions;

namespace SegLossBias.Tests.Composed;

/// <summary>The peak of memory of every ready-made loss and focal form from tensor operations, with backward and the gradient, beside float32 logits.</summary>
[Collection(nameof(Alone))]
public class ComposedRegionsMemoryTests(ITestOutputHelper output)
{
    /// <summary>In multiples of the logits.</summary>
    private const double Allowed = 3;

    public static TheoryData<string> Names => LossTable.NamesWhere(row => row.Terms is null || row.Name.StartsWith("Focal", StringComparison.Ordinal));

    [SkippableTheory]
    [MemberData(nameof(Names))]
    public void Peak_IsAtMostThreeTimesTheLogits(string name)
    {
        Skip.IfNot(PeakMemory.IsSupported, "the system does not tell the peak of memory");
        using var forced = RegionPrimitive.Force(RegionImplementation.Composed);
        using var loss = LossTable.Create(name);
        foreach (var shape in new long[][] { [8, 2, 512, 512], [2, 19, 256, 512] })
        {
            using var scope = NewDisposeScope();
            var target = randint(0, shape[1], [shape[0], .. shape[2..]], int64);
            var logits = randn(shape).requires_grad_(true);
            Run(randn([2, shape[1], 8, 8]).requires_grad_(true), zeros([2, 8, 8], int64));

            // What else the process does is small beside it, but not nothing: the one in the middle of three.
            var peaks = Enumerable.Range(0, 3).Select(_ => PeakMemory.Above(() => Run(logits, target))!.Value).Order().ToArray();
            var peak = peaks[1] / (double)(logits.numel() * logits.element_size());
            output.WriteLine($"{name} {string.Join('x', shape)}: {peak:F2}");
            peak.Should().BeLessThanOrEqualTo(Allowed, string.Join('x', shape));
        }

        void Run(Tensor logits, Tensor target)
        {
            using var value = loss.call(logits, target);
            value.backward();
        }
    }
}
