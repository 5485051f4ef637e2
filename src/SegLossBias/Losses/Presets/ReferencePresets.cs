namespace SegLossBias;

/// <summary>The losses of the paper's reference code in terms of this library.</summary>
internal static class ReferencePresets
{
    private static readonly string[] Matching = ["CE", "Focal"];
    private static readonly string[] Alone = ["CE", "WeightedCE", "FocalLoss", "DiceLoss", "LogDiceLoss", "GDiceLoss"];
    private static readonly string[] Penalties = ["Dice", "LogDice", "L1", "KL", "DB"];

    internal static IReadOnlyDictionary<string, Func<PresetOptions, LossSum>> All { get; } = Single().Concat(Compounds()).ToDictionary();

    private static IEnumerable<KeyValuePair<string, Func<PresetOptions, LossSum>>> Single() => Alone.Select(name => KeyValuePair.Create<string, Func<PresetOptions, LossSum>>(name, options => Term(name.Replace("Loss", "", StringComparison.Ordinal), options)));

    /// <summary>matching + alpha · penalty.</summary>
    private static IEnumerable<KeyValuePair<string, Func<PresetOptions, LossSum>>> Compounds() =>
        from matching in Matching
        from penalty in Penalties
        select KeyValuePair.Create<string, Func<PresetOptions, LossSum>>($"{matching}+{penalty}", options => OfBoth(matching, penalty, options));

    private static LossSum OfBoth(string matching, string penalty, PresetOptions options)
    {
        _ = options.Number("temp", 1); // Given to every compound there, read by penalties of sizes alone.
        return Term(matching, options) + (options.Number("alpha", 1) * Term(penalty, options));
    }

    private static LossTerm Term(string name, PresetOptions options)
    {
        double Temperature() => options.Number("temp", 1);
        double Smooth() => options.Number("smooth", 0);
        double Epsilon() => options.Number("eps", 1e-7);
        AbsentClass Absent() => options.Flag("ignore_empty_classes", true) ? AbsentClass.CountZero : AbsentClass.Keep;
        return name switch
        {
            "Focal" => new Focal { Gamma = options.Number("gamma", 2) },
            "Dice" => new Dice { Smoothing = Smooth(), Epsilon = Epsilon(), Absent = Absent() },
            "LogDice" => new LogDice { Smoothing = Smooth(), Epsilon = Epsilon(), Absent = Absent() },
            "GDice" => new GeneralizedDice { Absent = AbsentWeight.Bounded, Epsilon = options.Number("epsilon", 1e-7) },
            "L1" => new RegionSizeL1 { Temperature = Temperature() },
            "KL" => new RegionSizeKl { Temperature = Temperature() },
            "DB" => new DiceBias { Temperature = Temperature() },
            "WeightedCE" => new CrossEntropy { Weight = options.Weights("weight") ?? throw new ArgumentException("WeightedCE needs a weight for each class, but weight is missing; give it, or take CE.", nameof(options)) },
            _ => new CrossEntropy { Weight = options.Weights("weight") },
        };
    }
}
