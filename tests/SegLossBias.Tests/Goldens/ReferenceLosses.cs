using System.Text.Json;

namespace SegLossBias.Tests.Goldens;

/// <summary>The reference's loss names and options in terms of this library.</summary>
internal static class ReferenceLosses
{
    internal static SegmentationLoss Create(JsonElement golden, Scene scene, bool is3D)
    {
        var options = new Options(golden.GetProperty("options"), scene, is3D);
        var name = golden.GetProperty("loss").GetString()!;
        if (name.EndsWith("@as-registered", StringComparison.Ordinal))
        {
            // The reference's registry builds Focal+LogDice with linear Dice; its value is that of Focal+Dice.
            name = name.Split('@')[0].Replace("LogDice", "Dice", StringComparison.Ordinal);
        }

        var parts = name.Split('+');
        var (matching, terms) = parts.Length == 1 ? (options.Single(name), []) : (options.Single(parts[0]), parts[1..]);
        return terms.Length == 0
            ? matching
            : new CompoundLoss(name, matching, terms.Select(term => new WeightedTerm(options.Number("alpha", 1), options.Single(term))), scene.Mode, options.IgnoreIndex);
    }

    private sealed class Options(JsonElement json, Scene scene, bool is3D)
    {
        private readonly SegmentationMode mode = scene.Mode;

        internal long? IgnoreIndex => json.TryGetProperty("ignore_index", out var index) && index.ValueKind == JsonValueKind.Number ? index.GetInt64() : null;

        internal double Number(string name, double otherwise) => json.TryGetProperty(name, out var value) ? value.GetDouble() : otherwise;

        internal RegionLoss Single(string name) => name switch
        {
            "CE" or "WeightedCE" => new CrossEntropyLoss(Weight(), mode: mode, ignoreIndex: IgnoreIndex),
            "Focal" or "FocalLoss" => is3D
                ? new FocalLoss(Number("gamma", 2), FocalForm.Softmax, Number("focal_smooth", 0), BalanceWeight(name), mode, IgnoreIndex)
                : new FocalLoss(Number("gamma", 2), FocalForm.OneVsRest, mode: mode, ignoreIndex: IgnoreIndex),
            "Dice" or "DiceLoss" => new DiceLoss(DicePooling.Batch, Number("smooth", 0), Number("eps", 1e-7), Absent, null, mode, IgnoreIndex),
            "LogDice" or "LogDiceLoss" => new LogDiceLoss(DicePooling.Batch, Number("smooth", 0), Number("eps", 1e-7), Absent, null, mode, IgnoreIndex),
            "GDiceLoss" => new GeneralizedDiceLoss(Number("epsilon", 1e-7), mode, IgnoreIndex),
            "L1" => new RegionSizeL1Loss(Number("temp", 1), mode: mode, ignoreIndex: IgnoreIndex),
            "KL" => new RegionSizeKlLoss(Number("temp", 1), mode: mode, ignoreIndex: IgnoreIndex),
            "DB" => new DiceBiasLoss(Number("temp", 1), mode: mode, ignoreIndex: IgnoreIndex),
            _ => throw new InvalidOperationException($"golden loss {name} is not known here"),
        };

        // ignore_empty_classes: false keeps the mask of absent classes off.
        private AbsentClass Absent => json.TryGetProperty("ignore_empty_classes", out var value) && !value.GetBoolean() ? AbsentClass.Keep : AbsentClass.CountZero;

        private Tensor? Weight() => json.TryGetProperty("weight", out var weight) ? tensor(GoldenFile.Numbers(weight)) : null;

        /// <summary>The 3D focal's alpha: that weight for class 0, 1 − alpha for the others. In compounds alpha is λ.</summary>
        private Tensor? BalanceWeight(string name)
        {
            if (name != "FocalLoss" || !json.TryGetProperty("alpha", out var value))
            {
                return null;
            }

            var alpha = value.GetDouble();
            return tensor((double[])[alpha, .. Enumerable.Repeat(1 - alpha, (int)scene.Classes - 1)]);
        }
    }
}
