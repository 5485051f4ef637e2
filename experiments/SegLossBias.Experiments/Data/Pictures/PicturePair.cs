namespace SegLossBias.Experiments.Data;

/// <summary>A picture's file with the files of its masks.</summary>
/// <param name="Name">Unique within its split.</param>
/// <param name="Split">As listed; a layout without a split lists everything as training.</param>
/// <param name="Image">Path of the picture.</param>
/// <param name="Masks">Paths of its masks: one, or any number where the layout has one file per lesion.</param>
internal sealed record PicturePair(string Name, DataSplit Split, string Image, IReadOnlyList<string> Masks);
