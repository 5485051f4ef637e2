using System.Text.Json;

namespace SegLossBias.Tests.Goldens;

/// <summary>The options of a case, under the reference's own names; those it lacks have the reference's defaults.</summary>
internal sealed class ReferenceOptions(JsonElement golden)
{
    private readonly JsonElement _json = golden.Find("options") ?? default;

    internal long? IgnoreIndex => _json.Find("ignore_index") is { ValueKind: JsonValueKind.Number } index ? index.GetInt64() : null;

    // ignore_empty_classes: false keeps the mask of absent classes off.
    internal AbsentClass Absent => _json.Find("ignore_empty_classes") is { ValueKind: JsonValueKind.False } ? AbsentClass.Keep : AbsentClass.CountZero;

    internal ClassWeights? Weight => _json.Find("weight") is { } weight ? weight.Numbers() : null;

    internal double Number(string name, double otherwise) => _json.Find(name)?.Number() ?? otherwise;

    /// <summary>The 3D focal's alpha: that weight for class 0, 1 − alpha for the others. In compounds alpha is λ.</summary>
    internal ClassWeights? BalanceWeight(long classes) =>
        _json.Find("alpha")?.Number() is { } alpha ? (double[])[alpha, .. Enumerable.Repeat(1 - alpha, (int)classes - 1)] : null;
}
