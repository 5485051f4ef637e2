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
        var sum = parts[1..].Aggregate((LossSum)options.Single(parts[0]), (sum, part) => sum + (options.Number("alpha", 1) * options.Single(part)));
        return new SegmentationLoss(sum) { Name = name, Mode = scene.Mode, IgnoreIndex = options.IgnoreIndex };
    }

    private sealed class Options(JsonElement json, Scene scene, bool is3D)
    {
        internal long? IgnoreIndex => json.TryGetProperty("ignore_index", out var index) && index.ValueKind == JsonValueKind.Number ? index.GetInt64() : null;

        internal double Number(string name, double otherwise) => json.TryGetProperty(name, out var value) ? value.GetDouble() : otherwise;

        internal LossTerm Single(string name) => name switch
        {
            "CE" or "WeightedCE" => new CrossEntropy { Weight = Weight() },
            "Focal" or "FocalLoss" => is3D
                ? new Focal { Gamma = Number("gamma", 2), Form = FocalForm.Softmax, Smoothing = Number("focal_smooth", 0), Weight = BalanceWeight(name) }
                : new Focal { Gamma = Number("gamma", 2), Form = FocalForm.OneVsRest },
            "Dice" or "DiceLoss" => new Dice { Pooling = Pooling.Batch, Smoothing = Number("smooth", 0), Epsilon = Number("eps", 1e-7), Absent = Absent },
            "LogDice" or "LogDiceLoss" => new LogDice { Pooling = Pooling.Batch, Smoothing = Number("smooth", 0), Epsilon = Number("eps", 1e-7), Absent = Absent },
            "GDiceLoss" => new GeneralizedDice { Epsilon = Number("epsilon", 1e-7) },
            "L1" => new RegionSizeL1 { Temperature = Number("temp", 1) },
            "KL" => new RegionSizeKl { Temperature = Number("temp", 1) },
            "DB" => new DiceBias { Temperature = Number("temp", 1) },
            _ => throw new InvalidOperationException($"golden loss {name} is not known here"),
        };

        // ignore_empty_classes: false keeps the mask of absent classes off.
        private AbsentClass Absent => json.TryGetProperty("ignore_empty_classes", out var value) && !value.GetBoolean() ? AbsentClass.Keep : AbsentClass.CountZero;

        private ClassWeights? Weight() => json.TryGetProperty("weight", out var weight) ? GoldenFile.Numbers(weight) : null;

        /// <summary>The 3D focal's alpha: that weight for class 0, 1 − alpha for the others. In compounds alpha is λ.</summary>
        private ClassWeights? BalanceWeight(string name)
        {
            if (name != "FocalLoss" || !json.TryGetProperty("alpha", out var value))
            {
                return null;
            }

            var alpha = value.GetDouble();
            return (double[])[alpha, .. Enumerable.Repeat(1 - alpha, (int)scene.Classes - 1)];
        }
    }
}
