using System.Globalization;
using SegLossBias.Benchmarks.Cases;

namespace SegLossBias.Benchmarks.Measuring;

/// <summary>One line of the quick run.</summary>
/// <param name="Shape">Shape of the logits.</param>
/// <param name="Loss">Name of the loss.</param>
/// <param name="Times">Medians.</param>
/// <param name="ExtraBytes">Peak memory of the library above the inputs; null where the system does not tell.</param>
internal sealed record QuickResult(Shape Shape, string Loss, Times Times, double? ExtraBytes)
{
    public static IReadOnlyList<string> Columns { get; } =
        ["shape", "loss", "fused_ms", "ce_ms", "eager_ms", "fused/ce", "eager/fused", "extra_mem/logits", "floor_ratio"];

    /// <summary>The fields in the order of <see cref="Columns"/>.</summary>
    public string[] Fields() =>
    [
        Shape.ToString(),
        Loss,
        Number(Times.Fused),
        Number(Times.CrossEntropy),
        Number(Times.Reference),
        Number(Times.Fused / Times.CrossEntropy),
        Number(Times.Reference / Times.Fused),
        ExtraBytes is { } bytes ? Number(bytes / Shape.Bytes) : "-",
        Number(Times.Fused / Times.Floor),
    ];

    private static string Number(double value) => value.ToString("F3", CultureInfo.InvariantCulture);
}
