namespace SegLossBias.Experiments.Data;

/// <summary>A picture and its labels at the network's size, or larger where parts are cut from it.</summary>
/// <param name="Pair">The files they come from.</param>
/// <param name="Planes">The picture.</param>
/// <param name="Labels">[H,W].</param>
/// <param name="Masks">What its masks hold at their full size.</param>
internal sealed record PictureSample(PicturePair Pair, PicturePlanes Planes, byte[] Labels, MaskContent Masks);

/// <summary>What the masks of a picture hold at their full size: a small picture may lose a class.</summary>
/// <param name="IsBlackAndWhite">Whether one of them shows a foreground and no more.</param>
/// <param name="LargestClass">The largest label that is not ignored.</param>
/// <param name="Colours">The colour of each number that occurs, of a mask with a palette; null without.</param>
internal sealed record MaskContent(bool IsBlackAndWhite, int LargestClass, IReadOnlyDictionary<byte, int>? Colours);
