using System.Text.RegularExpressions;

namespace SegLossBias.Training;

/// <summary>What one invocation trains, on what, and where it writes.</summary>
internal sealed record RunSettings
{
    /// <summary>Folder with images and masks; null: generated pictures.</summary>
    public string? Data { get; init; }

    /// <summary>Side of the square pictures the network sees, in pixels.</summary>
    public required int Size { get; init; }

    public required IReadOnlyList<string> Losses { get; init; }

    public required IReadOnlyList<int> Seeds { get; init; }

    public required int Epochs { get; init; }

    public required int Batch { get; init; }

    /// <summary>Initial learning rate of Adam; it falls to zero along half a cosine.</summary>
    public required double LearningRate { get; init; }

    /// <summary>Channels per resolution of the U-Net, finest first.</summary>
    public required IReadOnlyList<int> Widths { get; init; }

    /// <summary>Pictures whose names give the same first group stay on one side of a seeded split.</summary>
    public Regex? Group { get; init; }

    public required string Device { get; init; }

    /// <summary>Output folder, as a full path.</summary>
    public required string Out { get; init; }

    /// <summary>Data and splits depend on the first seed alone, so that further seeds measure training.</summary>
    public int DataSeed => Seeds[0];
}
