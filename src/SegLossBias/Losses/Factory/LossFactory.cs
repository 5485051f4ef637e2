using System.Text.Json;

namespace SegLossBias;

/// <summary>Losses by name, for configuration files and command lines.</summary>
/// <remarks>
/// Knows the paper's names (<c>RCE(L1)</c>, <c>LogDiceCE</c>), the reference's (<c>CE+L1</c>, <c>Focal+LogDice</c>) and those of
/// the classes (<c>RceL1Loss</c>); upper and lower case are the same. A setting is called as the property is, of the loss or
/// of one of its terms: <c>lambda</c>, <c>temperature</c>. Where both terms have it, the term comes first: <c>penalty.epsilon</c>.
/// </remarks>
/// <example><code>
/// var loss = LossFactory.FromJson("""{ "name": "RCE(L1)", "ignoreIndex": 255, "lambda": 0.1, "weight": [0.2, 1] }""");
/// </code></example>
public static class LossFactory
{
    private static readonly LossEntry[] Entries =
    [
        new("CE", typeof(CrossEntropy), "CrossEntropyLoss"),
        new("WCE", typeof(CrossEntropy), "WeightedCE", "WeightedCrossEntropy"),
        new("Focal", typeof(Focal), "FL", "FocalLoss"),
        new("Poly1", typeof(Poly1CrossEntropy), "PolyLoss", "Poly1Loss"),
        new("SCE", typeof(SymmetricCrossEntropy), "SCELoss", "SymmetricCrossEntropyLoss"),
        new("UnifiedFocal", typeof(UnifiedFocal), "UnifiedFocalLoss", "AsymmetricUnifiedFocalLoss"),
        new("GCE", typeof(GeneralizedCrossEntropy), "GCELoss", "GeneralizedCrossEntropyLoss"),
        new("TopK", typeof(TopKCrossEntropy), "TopKLoss"),
        new("ReducedFocal", typeof(ReducedFocal), "ReducedFocalLoss"),
        new("OHEM", typeof(Ohem), "OhemLoss", "OhemCELoss"),
        new("Lovasz", typeof(LovaszSoftmax), "LovaszLoss", "LovaszSoftmaxLoss"),
        new("LovaszHinge", typeof(LovaszHinge), "LovaszHingeLoss"),
        new("Dice", typeof(Dice), "DiceLoss"),
        new("LogDice", typeof(LogDice), "LogDiceLoss"),
        new("GDice", typeof(GeneralizedDice), "GDiceLoss", "GeneralizedDiceLoss"),
        new("Jaccard", typeof(Jaccard), "JaccardLoss", "IoU"),
        new("Tversky", typeof(Tversky), "TverskyLoss"),
        new("WassersteinDice", typeof(WassersteinDice), "GWDL", "WassersteinDiceLoss", "GeneralizedWassersteinDiceLoss"),
        new("MCC", typeof(MatthewsCorrelation), "MCCLoss", "MatthewsCorrelationLoss"),
        new("SS", typeof(SensitivitySpecificity), "SSLoss", "SensitivitySpecificityLoss"),
        new("ExpLog", typeof(ExponentialLogarithmic), "ExpLogLoss", "ExponentialLogarithmicLoss"),
        new("BlobDice", typeof(BlobDice), "BlobLoss"),
        new("clDice", typeof(CenterlineDice), "clDiceLoss", "SoftclDiceLoss", "CenterlineDiceLoss"),
        new("Boundary", typeof(Boundary), "BoundaryLoss"),
        new("Hausdorff", typeof(HausdorffDistance), "HausdorffLoss", "HausdorffDTLoss", "HausdorffDistanceLoss"),
        new("DB", typeof(DiceBias), "DiceBiasLoss"),
        new("L1", typeof(RegionSizeL1), "RegionSizeL1Loss"),
        new("KL", typeof(RegionSizeKl), "RegionSizeKlLoss"),
        new("SizeBounds", typeof(SizeBounds), "SizeBoundsLoss"),
        new("RCE(L1)", typeof(RceL1Loss), "CE+L1"),
        new("RCE(KL)", typeof(RceKlLoss), "CE+KL"),
        new("RFL(L1)", typeof(RflL1Loss), "Focal+L1"),
        new("RFL(KL)", typeof(RflKlLoss), "Focal+KL"),
        new("DiceCE", typeof(DiceCeLoss), "CE+Dice"),
        new("DiceFL", typeof(DiceFlLoss), "Focal+Dice"),
        new("LogDiceCE", typeof(LogDiceCeLoss), "CE+LogDice"),
        new("LogDiceFL", typeof(LogDiceFlLoss), "Focal+LogDice"),
        new("DBCE", typeof(DbceLoss), "CE+DB"),
    ];

    /// <summary>The names in the paper, and those of the losses that are not from it.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Entries.Select(entry => entry.Name)];

    /// <summary>All names that are understood.</summary>
    public static IReadOnlyList<string> AllNames { get; } = [.. Entries.SelectMany(entry => entry.AllNames).Distinct(StringComparer.OrdinalIgnoreCase)];

    /// <summary>Builds a loss with its defaults.</summary>
    /// <param name="name">One of <see cref="AllNames"/>. <c>WCE</c> without weights has inverse class frequencies.</param>
    /// <exception cref="ArgumentException">The name is unknown; the message suggests the nearest.</exception>
    public static SegmentationLoss Create(string name) => Create(name, new Dictionary<string, object?>());

    /// <summary>Builds a loss with settings by name.</summary>
    /// <param name="name">One of <see cref="AllNames"/>.</param>
    /// <param name="settings">
    /// Numbers, texts, booleans, lists of numbers, values of the properties' own types or <see cref="JsonElement"/>s. Upper
    /// and lower case are the same.
    /// </param>
    /// <exception cref="ArgumentException">The name or a setting is unknown (the message suggests the nearest), or a value does not fit.</exception>
    public static SegmentationLoss Create(string name, IReadOnlyDictionary<string, object?> settings)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(settings);
        var entry = Array.Find(Entries, entry => entry.AllNames.Contains(name, StringComparer.OrdinalIgnoreCase))
            ?? throw new ArgumentException($"there is no loss '{name}'; {NearestName.Suggest(name, AllNames)}the known ones are {string.Join(", ", Names)}.", nameof(name));
        return entry.Build(settings);
    }

    /// <summary>Builds a loss from a JSON object: its <c>name</c>, and settings by name.</summary>
    /// <param name="json">Such as <c>{ "name": "DiceCE", "lambda": 1, "pooling": "Image" }</c>.</param>
    /// <exception cref="JsonException">The text is no JSON.</exception>
    /// <exception cref="ArgumentException">It is no object with a name, or the name or a setting is unknown or does not fit.</exception>
    public static SegmentationLoss FromJson(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        using var document = JsonDocument.Parse(json);
        if (document.RootElement.ValueKind != JsonValueKind.Object)
        {
            throw new ArgumentException($"a loss is described by a JSON object such as {{ \"name\": \"CE\" }}, but the text is of kind {document.RootElement.ValueKind}.", nameof(json));
        }

        string? name = null;
        var settings = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase);
        foreach (var property in document.RootElement.EnumerateObject())
        {
            if (name is null && string.Equals(property.Name, "name", StringComparison.OrdinalIgnoreCase) && property.Value.ValueKind == JsonValueKind.String)
            {
                name = property.Value.GetString();
            }
            else if ((name is not null && string.Equals(property.Name, "name", StringComparison.OrdinalIgnoreCase)) || !settings.TryAdd(property.Name, property.Value))
            {
                throw new ArgumentException($"the setting '{property.Name}' is given twice; leave one out.", nameof(json));
            }
        }

        return name is null ? throw new ArgumentException("a description of a loss needs its name, such as \"name\": \"RCE(L1)\".", nameof(json)) : Create(name, settings);
    }
}
