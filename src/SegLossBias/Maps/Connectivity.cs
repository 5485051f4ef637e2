namespace SegLossBias;

/// <summary>Which pixels are neighbours.</summary>
public enum Connectivity
{
    /// <summary>Pixels that share a face, an edge or a corner: 2 neighbours in 1D, 8 in 2D, 26 in 3D.</summary>
    Full,

    /// <summary>Pixels that share a face (in 2D a side): 2 neighbours in 1D, 4 in 2D, 6 in 3D.</summary>
    Faces,
}
