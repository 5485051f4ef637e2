namespace SegLossBias;

/// <summary>Losses by name, for configuration files and command lines.</summary>
/// <remarks>Knows the paper's names (<c>RCE(L1)</c>, <c>LogDiceCE</c>) and the reference's (<c>CE+L1</c>, <c>Focal+LogDice</c>); upper and lower case are the same.</remarks>
public static class LossFactory
{
    private static readonly Entry[] Entries =
    [
        new("CE", [], ["Weight"], o => new CrossEntropyLoss(o.Weight, CrossEntropyForm.Pixel, o.Mode, o.IgnoreIndex, o.Reduction)),
        new("WCE", ["WeightedCE"], ["Weight"], o => new CrossEntropyLoss(o.Weight, o.Weight is null ? CrossEntropyForm.InverseFrequency : CrossEntropyForm.Pixel, o.Mode, o.IgnoreIndex, o.Reduction)),
        new("Focal", ["FL", "FocalLoss"], ["Gamma", "Form", "Weight"], o => new FocalLoss(o.Gamma ?? 2, o.Form ?? FocalForm.OneVsRest, 0, o.Weight, o.Mode, o.IgnoreIndex, o.Reduction)),
        new("Dice", ["DiceLoss"], ["Pooling"], o => new DiceLoss(o.Pooling ?? DicePooling.Batch, mode: o.Mode, ignoreIndex: o.IgnoreIndex, reduction: o.Reduction)),
        new("LogDice", ["LogDiceLoss"], ["Pooling"], o => new LogDiceLoss(o.Pooling ?? DicePooling.Batch, mode: o.Mode, ignoreIndex: o.IgnoreIndex, reduction: o.Reduction)),
        new("GDice", ["GDiceLoss"], [], o => new GeneralizedDiceLoss(mode: o.Mode, ignoreIndex: o.IgnoreIndex, reduction: o.Reduction)),
        new("DB", [], ["Temperature"], o => new DiceBiasLoss(o.Temperature, mode: o.Mode, ignoreIndex: o.IgnoreIndex, reduction: o.Reduction)),
        new("L1", [], ["Temperature"], o => new RegionSizeL1Loss(o.Temperature, mode: o.Mode, ignoreIndex: o.IgnoreIndex, reduction: o.Reduction)),
        new("KL", [], ["Temperature"], o => new RegionSizeKlLoss(o.Temperature, mode: o.Mode, ignoreIndex: o.IgnoreIndex, reduction: o.Reduction)),
        new("RCE(L1)", ["CE+L1"], ["Lambda", "Temperature", "Weight"], o => new RceL1Loss(o.Lambda, o.Temperature, o.Weight, o.Mode, o.IgnoreIndex, o.Reduction)),
        new("RCE(KL)", ["CE+KL"], ["Lambda", "Temperature", "Weight"], o => new RceKlLoss(o.Lambda, o.Temperature, o.Weight, o.Mode, o.IgnoreIndex, o.Reduction)),
        new("RFL(L1)", ["Focal+L1"], ["Lambda", "Temperature", "Gamma", "Form"], o => new RflL1Loss(o.Lambda, o.Temperature, o.Gamma ?? 2, o.Form ?? FocalForm.OneVsRest, o.Mode, o.IgnoreIndex, o.Reduction)),
        new("RFL(KL)", ["Focal+KL"], ["Lambda", "Temperature", "Gamma", "Form"], o => new RflKlLoss(o.Lambda, o.Temperature, o.Gamma ?? 2, o.Form ?? FocalForm.OneVsRest, o.Mode, o.IgnoreIndex, o.Reduction)),
        new("DiceCE", ["CE+Dice"], ["Lambda", "Pooling", "Weight"], o => new DiceCeLoss(o.Lambda, o.Pooling ?? DicePooling.Batch, o.Weight, o.Mode, o.IgnoreIndex, o.Reduction)),
        new("DiceFL", ["Focal+Dice"], ["Lambda", "Pooling", "Gamma", "Form"], o => new DiceFlLoss(o.Lambda, o.Pooling ?? DicePooling.Batch, o.Gamma ?? 2, o.Form ?? FocalForm.OneVsRest, o.Mode, o.IgnoreIndex, o.Reduction)),
        new("LogDiceCE", ["CE+LogDice"], ["Lambda", "Pooling", "Weight"], o => new LogDiceCeLoss(o.Lambda, o.Pooling ?? DicePooling.Batch, o.Weight, o.Mode, o.IgnoreIndex, o.Reduction)),
        new("LogDiceFL", ["Focal+LogDice"], ["Lambda", "Pooling", "Gamma", "Form"], o => new LogDiceFlLoss(o.Lambda, o.Pooling ?? DicePooling.Batch, o.Gamma ?? 2, o.Form ?? FocalForm.OneVsRest, o.Mode, o.IgnoreIndex, o.Reduction)),
        new("DBCE", ["CE+DB"], ["Lambda", "Temperature", "Weight"], o => new DbceLoss(o.Lambda, o.Temperature, o.Weight, o.Mode, o.IgnoreIndex, o.Reduction)),
    ];

    /// <summary>The names in the paper, and GDice, the generalised Dice of its reference code.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Entries.Select(entry => entry.Name)];

    /// <summary>The names in the paper and all others that are understood.</summary>
    public static IReadOnlyList<string> AllNames { get; } = [.. Entries.SelectMany(entry => (string[])[entry.Name, .. entry.OtherNames])];

    /// <summary>Builds a loss.</summary>
    /// <param name="name">One of <see cref="AllNames"/>.</param>
    /// <param name="options">Its options; null for the defaults.</param>
    /// <exception cref="ArgumentException">The name is unknown (the message lists the known ones), or an option is given that this loss does not have.</exception>
    public static SegmentationLoss Create(string name, LossOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(name);
        var entry = Entries.FirstOrDefault(entry => entry.Answers(name))
            ?? throw new ArgumentException($"there is no loss '{name}'; the known ones are {string.Join(", ", AllNames)}.", nameof(name));
        options ??= new LossOptions();
        (string Name, bool IsGiven)[] given =
        [
            (nameof(options.Lambda), options.Lambda is not null),
            (nameof(options.Temperature), options.Temperature is not null),
            (nameof(options.Gamma), options.Gamma is not null),
            (nameof(options.Form), options.Form is not null),
            (nameof(options.Pooling), options.Pooling is not null),
            (nameof(options.Weight), options.Weight is not null),
        ];
        var surplus = given.Where(option => option.IsGiven && !entry.Options.Contains(option.Name)).Select(option => option.Name).ToArray();
        return surplus.Length == 0
            ? entry.Build(options)
            : throw new ArgumentException($"{entry.Name} has no {string.Join(" or ", surplus)}; leave it out (it has {(entry.Options.Length == 0 ? "no options of its own" : string.Join(", ", entry.Options))}).", nameof(options));
    }

    private sealed record Entry(string Name, string[] OtherNames, string[] Options, Func<LossOptions, SegmentationLoss> Build)
    {
        internal bool Answers(string name) =>
            string.Equals(name, Name, StringComparison.OrdinalIgnoreCase) || OtherNames.Contains(name, StringComparer.OrdinalIgnoreCase);
    }
}
