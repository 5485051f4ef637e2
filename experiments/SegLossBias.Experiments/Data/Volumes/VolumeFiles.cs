namespace SegLossBias.Experiments.Data;

/// <summary>The files of one case.</summary>
/// <param name="Name">The case's name.</param>
/// <param name="Images">One file with all channels, or one per channel.</param>
/// <param name="Label">The label map.</param>
internal sealed record VolumeFiles(string Name, IReadOnlyList<string> Images, string Label);

/// <summary>What a folder of volumes holds, before anything is read.</summary>
/// <param name="Train">All cases, if <paramref name="Validation"/> is null and a part of these shall be held out.</param>
/// <param name="Validation">The cases of a given split.</param>
/// <param name="Test">May be empty.</param>
/// <param name="Channels">Names of the channels.</param>
/// <param name="Classes">Names of the classes; null where only the labels tell how many there are.</param>
/// <param name="Folders">What <paramref name="Train"/> and the other folders are, for the reader of the results.</param>
/// <param name="Ignored">The label in the files of voxels that count nowhere; null where there is none.</param>
internal sealed record VolumeCatalogue(
    IReadOnlyList<VolumeFiles> Train, IReadOnlyList<VolumeFiles>? Validation, IReadOnlyList<VolumeFiles> Test,
    IReadOnlyList<string> Channels, IReadOnlyList<string>? Classes, string Folders, long? Ignored = null);
