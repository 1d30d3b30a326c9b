"""What a register, a return and the frames between the stages must look like.

`schemas.layout` is plain data and light to import; the modules with pandera schemas are imported
only where a frame is checked.
"""
