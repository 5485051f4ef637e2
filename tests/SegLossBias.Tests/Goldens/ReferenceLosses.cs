using System.Text.Json;

namespace SegLossBias.Tests.Goldens;

/// <summary>The reference's loss names and options in terms of this library.</summary>
internal static class ReferenceLosses
{
    internal static SegmentationLoss Create(JsonElement golden, Scene scene, bool is3D)
    {
        var options = new ReferenceOptions(golden);
        var name = golden.Need("loss", "the case").GetString()!;
        var parts = Parts(name);
        var sum = parts[1..].Aggregate((LossSum)Single(parts[0]), (sum, part) => sum + (options.Number("alpha", 1) * Single(part)));
        return new SegmentationLoss(sum) { Name = name, Mode = scene.Mode, IgnoreIndex = options.IgnoreIndex };

        LossTerm Single(string part) => Term(part, options, scene, is3D);
    }

    /// <summary>The keys of the terms in the files: ce, focal, dice, logdice, l1, kl, db.</summary>
    internal static string[] TermKeys(string name) => [.. Parts(name).Select(part => part.Replace("Weighted", "", StringComparison.Ordinal).Replace("Loss", "", StringComparison.Ordinal).ToLowerInvariant())];

    /// <summary>The reference's registry builds Focal+LogDice with linear Dice; its value is that of Focal+Dice.</summary>
    private static string[] Parts(string name) =>
        (name.EndsWith("@as-registered", StringComparison.Ordinal) ? name.Split('@')[0].Replace("LogDice", "Dice", StringComparison.Ordinal) : name).Split('+');

    private static LossTerm Term(string name, ReferenceOptions options, Scene scene, bool is3D)
    {
        switch (name)
        {
            case "CE" or "WeightedCE":
                return new CrossEntropy { Weight = options.Weight };
            case "Focal" or "FocalLoss" when is3D:
                return new Focal { Gamma = options.Number("gamma", 2), Form = FocalForm.Softmax, Smoothing = options.Number("focal_smooth", 0), Weight = name == "FocalLoss" ? options.BalanceWeight(scene.Classes) : null };
            case "Focal" or "FocalLoss":
                return new Focal { Gamma = options.Number("gamma", 2), Form = FocalForm.OneVsRest };
            case "Dice" or "DiceLoss":
                return new Dice { Smoothing = options.Number("smooth", 0), Epsilon = options.Number("eps", 1e-7), Absent = options.Absent };
            case "LogDice" or "LogDiceLoss":
                return new LogDice { Smoothing = options.Number("smooth", 0), Epsilon = options.Number("eps", 1e-7), Absent = options.Absent };
            case "GDiceLoss":
                return new GeneralizedDice { Absent = AbsentWeight.Bounded, Epsilon = options.Number("epsilon", 1e-7) };
            case "L1":
                return new RegionSizeL1 { Temperature = options.Number("temp", 1) };
            case "KL":
                return new RegionSizeKl { Temperature = options.Number("temp", 1) };
            case "DB":
                return new DiceBias { Temperature = options.Number("temp", 1) };
            default:
                throw new SkipException($"the loss {name} is not one of the reference's");
        }
    }
}
