"""What is measured of motions as they are shown: numbers to answer questions from."""
